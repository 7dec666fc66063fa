// Manual pages and shells' completion, from the declared commands.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace courier::tool {

// File name and text of every page: courier.1 and one page for each first word ("courier-queue.1").
[[nodiscard]] std::vector<std::pair<std::string, std::string>> man_pages();

// `shell` is "bash", "zsh" or "fish".
[[nodiscard]] std::string completion_script(const std::string& shell);

}  // namespace courier::tool
