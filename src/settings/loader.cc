#include "settings/loader.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "settings/catalogue.h"
#include "settings/toml.h"
#include "settings/units.h"

namespace courier {

namespace {

// Stores the value of one entry into the setting of its key; every other setting is passed by.
class Setter final : public SettingVisitor {
 public:
  Setter(const TomlEntry& entry, const SettingInfo& info, bool trusted) : entry_(entry), info_(info), trusted_(trusted) {}

  void flag(const SettingRule& rule, bool& value) override {
    if (!mine(rule)) return;
    if (entry_.value.kind != TomlValue::Kind::Flag) return wrong_type();
    value = entry_.value.flag;
  }
  void number(const SettingRule& rule, std::int64_t& value) override {
    if (!mine(rule)) return;
    if (entry_.value.kind != TomlValue::Kind::Number) return wrong_type();
    store_in_range(entry_.value.number, std::to_string(entry_.value.number), value);
  }
  void size(const SettingRule& rule, std::int64_t& value) override {
    if (mine(rule)) quantity(parse_size, format_size, value);
  }
  void duration(const SettingRule& rule, Duration& value) override {
    if (!mine(rule)) return;
    std::int64_t count = value.seconds();
    if (quantity(parse_duration, format_duration, count)) value = seconds(count);
  }
  void text(const SettingRule& rule, std::string& value) override {
    if (!mine(rule)) return;
    if (entry_.value.kind != TomlValue::Kind::Text) return wrong_type();
    if (permitted(rule, entry_.value.text)) value = entry_.value.text;
  }
  void list(const SettingRule& rule, std::vector<std::string>& value) override {
    if (!mine(rule)) return;
    if (entry_.value.kind != TomlValue::Kind::List) return wrong_type();
    value.clear();
    for (const TomlValue& item : entry_.value.items) {
      if (item.kind != TomlValue::Kind::Text) {
        fault_ = std::string(item.type) + " stands in the list; allowed: " + allowed(info_);
        return;
      }
      if (!permitted(rule, item.text)) return;
      value.push_back(item.text);
    }
  }

  // Empty: the value is stored.
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  bool mine(const SettingRule& rule) {
    if (entry_.key != rule.key) return false;
    if (!rule.root_only || trusted_) return true;
    fault_ = "counts only in a file that root owns and nobody else may write";
    return false;
  }
  void wrong_type() { fault_ = std::string(entry_.value.type) + " where it must be " + allowed(info_); }

  bool store_in_range(std::int64_t number, const std::string& shown, std::int64_t& value) {
    if (number < info_.min || number > info_.max) {
      fault_ = shown + " is out of range; allowed: " + allowed(info_);
      return false;
    }
    value = number;
    return true;
  }
  // A size or duration: a bare number, or text with units.
  bool quantity(std::optional<std::int64_t> (*parse)(std::string_view), std::string (*format)(std::int64_t), std::int64_t& value) {
    std::optional<std::int64_t> number;
    if (entry_.value.kind == TomlValue::Kind::Number) {
      number = entry_.value.number;
    } else if (entry_.value.kind == TomlValue::Kind::Text) {
      number = parse(entry_.value.text);
    } else {
      wrong_type();
      return false;
    }
    if (!number) {
      fault_ = toml_string(entry_.value.text) + " is not " + allowed(info_);
      return false;
    }
    // Durations are kept in nanoseconds: 292 years is the most.
    const bool too_long = info_.type == SettingType::Duration && *number > std::numeric_limits<std::int64_t>::max() / 1'000'000'000;
    if (too_long) {
      fault_ = format(*number) + " is longer than 292 years";
      return false;
    }
    return store_in_range(*number, format(*number), value);
  }
  bool permitted(const SettingRule& rule, const std::string& text) {
    if (!info_.choices.empty() && std::ranges::find(info_.choices, text) == info_.choices.end()) {
      fault_ = toml_string(text) + " is not allowed; allowed: " + allowed(info_);
      const std::string meant = nearest(text, info_.choices);
      if (!meant.empty()) fault_ += "; did you mean " + toml_string(meant) + "?";
      return false;
    }
    if (rule.check != nullptr) fault_ = rule.check(text);
    return fault_.empty();
  }

  const TomlEntry& entry_;
  const SettingInfo& info_;
  bool trusted_;
  std::string fault_;
};

// One run of apply_settings.
class Applier {
 public:
  explicit Applier(const SettingTables& tables) : tables_(tables), catalogue_(describe(tables)) {}

  void apply(const SettingsText& file) {
    const auto document = parse_toml(file.text);
    if (!document) {
      faults.push_back({file.file, document.error().line, "", document.error().text});
      return;
    }
    const std::size_t before = faults.size();
    for (const TomlHead& head : document->heads) check_head(file, head);
    for (const TomlEntry& entry : document->entries) apply(file, entry);
    std::sort(faults.begin() + static_cast<std::ptrdiff_t>(before), faults.end(),
              [](const auto& a, const auto& b) { return std::tie(a.line, a.key) < std::tie(b.line, b.key); });
  }

  std::vector<SettingFault> faults;
  SettingPlaces places;

 private:
  [[nodiscard]] const SettingTable* table(const std::string& name) const {
    const auto found = std::ranges::find_if(tables_, [&](const SettingTable& table) { return name == table.name; });
    return found == tables_.end() ? nullptr : &*found;
  }

  void check_head(const SettingsText& file, const TomlHead& head) {
    const bool outer =
        std::ranges::any_of(tables_, [&](const SettingTable& table) { return std::string_view(table.name).starts_with(head.table + "."); });
    if (outer || table(head.table) != nullptr) return;
    std::vector<std::string> names;
    for (const SettingTable& known : tables_) names.emplace_back(known.name);
    std::string text = "unknown table";
    const std::string meant = nearest(head.table, names);
    if (!meant.empty()) text += "; did you mean [" + meant + "]?";
    faults.push_back({file.file, head.line, "[" + head.table + "]", text});
  }

  // The key as it is spelt right: in this table, else as it stands in another one.
  [[nodiscard]] std::string suggestion(const TomlEntry& entry) const {
    std::vector<std::string> keys;
    std::string elsewhere;
    for (const SettingInfo& info : catalogue_) {
      if (info.table == entry.table) keys.push_back(info.key);
      if (info.key == entry.key && elsewhere.empty()) elsewhere = info.table;
    }
    if (!elsewhere.empty()) return "; it belongs into [" + elsewhere + "]";
    const std::string meant = nearest(entry.key, keys);
    return meant.empty() ? "" : "; did you mean " + meant + "?";
  }

  void apply(const SettingsText& file, const TomlEntry& entry) {
    const std::string name = entry.table.empty() ? entry.key : entry.table + "." + entry.key;
    if (entry.table.empty()) {
      faults.push_back({file.file, entry.line, name, "stands outside of any table" + suggestion(entry)});
      return;
    }
    const SettingTable* owner = table(entry.table);
    if (owner == nullptr) return;  // check_head has reported the table
    const auto info =
        std::ranges::find_if(catalogue_, [&](const SettingInfo& known) { return known.table == entry.table && known.key == entry.key; });
    if (info == catalogue_.end()) {
      faults.push_back({file.file, entry.line, name, "unknown setting" + suggestion(entry)});
      return;
    }
    Setter setter(entry, *info, file.trusted);
    owner->visit(owner->settings, setter);
    if (setter.fault().empty()) {
      places[name] = {file.file, entry.line};
    } else {
      const bool distrusted = info->root_only && !file.trusted && !file.why_not.empty();
      faults.push_back({file.file, entry.line, name, setter.fault() + (distrusted ? "; " + file.why_not : "")});
    }
  }

  const SettingTables& tables_;
  std::vector<SettingInfo> catalogue_;
};

}  // namespace

std::string to_text(const SettingFault& fault) {
  std::string out = fault.file;
  if (fault.line != 0) out += ":" + std::to_string(fault.line);
  if (!fault.key.empty()) out += ": " + fault.key;
  return out + ": " + fault.text;
}

Result<SettingPlaces, std::vector<SettingFault>> apply_settings(const SettingTables& tables, const std::vector<SettingsText>& files) {
  Applier applier(tables);
  for (const SettingsText& file : files) applier.apply(file);
  if (!applier.faults.empty()) return fail(std::move(applier.faults));
  return std::move(applier.places);
}

}  // namespace courier
