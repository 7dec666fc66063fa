#include "settings/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace courier {

namespace {

namespace fs = std::filesystem;

SettingFault unreadable(const std::string& path, int error) {
  return {path, 0, "", std::string("cannot be read: ") + std::strerror(error)};
}

Result<SettingsText, SettingFault> read_one(const fs::path& path) {
  errno = 0;
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return fail(unreadable(path, errno));
  if (!S_ISREG(status.st_mode)) return fail(SettingFault{path, 0, "", "is not a file"});
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) {
    if (in.is_open() && status.st_size == 0) return SettingsText{path, "", true};
    return fail(unreadable(path, errno == 0 ? EIO : errno));
  }
  SettingsText out{path, std::move(text).str(), false};
  if (path.filename() == kWebSettingsFile && path.parent_path().filename() == "courier.d") {
    out.why_not = "this file belongs to the web administration";
  } else if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    out.why_not = "this file belongs to user " + std::to_string(status.st_uid);
  } else if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    out.why_not = "others than its owner may write this file (chmod go-w)";
  } else {
    out.trusted = true;
  }
  return out;
}

Result<std::vector<fs::path>, SettingFault> drop_ins(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& path = entry->path();
    // An editor's left-overs (".courier.toml.swp", "#x.toml#") are not settings.
    if (path.extension() == ".toml" && !path.filename().string().starts_with(".")) paths.push_back(path);
  }
  if (error && error != std::errc::no_such_file_or_directory) return fail(unreadable(folder, error.value()));
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

Result<std::vector<SettingsText>, std::vector<SettingFault>> read_settings_files(const std::string& path) {
  std::vector<fs::path> paths{path};
  std::vector<SettingFault> faults;
  if (auto more = drop_ins(fs::path(path).parent_path() / "courier.d")) {
    paths.insert(paths.end(), more->begin(), more->end());
  } else {
    faults.push_back(std::move(more.error()));
  }
  std::vector<SettingsText> texts;
  for (const fs::path& one : paths) {
    if (auto text = read_one(one)) {
      texts.push_back(std::move(*text));
    } else {
      faults.push_back(std::move(text.error()));
    }
  }
  if (!faults.empty()) return fail(std::move(faults));
  return texts;
}

Result<LoadedSettings, std::vector<SettingFault>> load_settings(const std::string& path) {
  auto texts = read_settings_files(path);
  if (!texts) return fail(std::move(texts.error()));
  LoadedSettings loaded;
  auto places = apply_settings(loaded.snapshot.tables(), *texts);
  if (!places) return fail(std::move(places.error()));
  loaded.places = std::move(*places);
  for (const SettingsText& text : *texts) loaded.files.push_back(text.file);
  return loaded;
}

}  // namespace courier
