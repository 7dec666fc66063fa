#include "settings/catalogue.h"

#include <algorithm>

#include "base/text.h"
#include "settings/toml.h"
#include "settings/units.h"

namespace courier {

namespace {

constexpr std::int64_t kNoMax = std::numeric_limits<std::int64_t>::max();

class Describer final : public SettingVisitor {
 public:
  Describer(const char* table, std::vector<SettingInfo>& out) : table_(table), out_(out) {}

  void flag(const SettingRule& rule, bool& value) override { add(rule, SettingType::Flag, value ? "true" : "false"); }
  void number(const SettingRule& rule, std::int64_t& value) override { add(rule, SettingType::Number, std::to_string(value)); }
  void size(const SettingRule& rule, std::int64_t& value) override { add(rule, SettingType::Size, toml_string(format_size(value))); }
  void duration(const SettingRule& rule, Duration& value) override {
    add(rule, SettingType::Duration, toml_string(format_duration(value.seconds())));
  }
  void text(const SettingRule& rule, std::string& value) override { add(rule, SettingType::Text, toml_string(value)); }
  void list(const SettingRule& rule, std::vector<std::string>& value) override {
    std::vector<std::string> items;
    for (const std::string& item : value) items.push_back(toml_string(item));
    add(rule, SettingType::List, "[" + join(items, ", ") + "]");
  }

 private:
  void add(const SettingRule& rule, SettingType type, std::string value) {
    SettingInfo info;
    info.table = table_;
    info.key = rule.key;
    info.type = type;
    info.help = rule.help;
    info.unit = rule.unit;
    info.min = rule.min;
    info.max = rule.max;
    info.choices.assign(rule.choices.begin(), rule.choices.end());
    info.restart = rule.restart;
    info.root_only = rule.root_only;
    info.value = std::move(value);
    out_.push_back(std::move(info));
  }

  const char* table_;
  std::vector<SettingInfo>& out_;
};

template <class Format>
std::string range(const SettingInfo& info, Format format) {
  if (info.max == kNoMax) return ", at least " + format(info.min);
  return " from " + format(info.min) + " to " + format(info.max);
}

std::string one_of(const SettingInfo& info) {
  std::vector<std::string> quoted;
  for (const std::string& choice : info.choices) quoted.push_back(toml_string(choice));
  return "one of " + join(quoted, ", ");
}

// Letters to insert, delete, change or swap with their neighbour to get from `a` to `b`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        rows[i][j] = i + j;
        continue;
      }
      const std::size_t change = rows[i - 1][j - 1] + (ascii_lower(a[i - 1]) == ascii_lower(b[j - 1]) ? 0 : 1);
      rows[i][j] = std::min({change, rows[i - 1][j] + 1, rows[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace

std::vector<SettingInfo> describe(const SettingTables& tables) {
  std::vector<SettingInfo> out;
  for (const SettingTable& table : tables) {
    Describer describer(table.name, out);
    table.visit(table.settings, describer);
  }
  return out;
}

std::string allowed(const SettingInfo& info) {
  switch (info.type) {
    case SettingType::Flag: return "true or false";
    case SettingType::Number: {
      const std::string what = info.unit.empty() ? "a whole number" : "a whole number of " + info.unit;
      return what + range(info, [](std::int64_t n) { return std::to_string(n); });
    }
    case SettingType::Size: return "a size such as \"10M\"" + range(info, [](std::int64_t n) { return format_size(n); });
    case SettingType::Duration: return "a duration such as \"1h30m\"" + range(info, [](std::int64_t n) { return format_duration(n); });
    case SettingType::Text: return info.choices.empty() ? "text" : one_of(info);
    case SettingType::List: return info.choices.empty() ? "a list of texts" : "a list of texts, each " + one_of(info);
  }
  return {};
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  // A third of the letters may differ, two at least: "tmieout" is meant, "colour" is not a misspelt "timeout".
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t changes = distance(word, candidate);
    if (changes < least) {
      least = changes;
      best = candidate;
    }
  }
  return best;
}

}  // namespace courier
