// Reports: delivery status notifications as messages of their own, made by the queue and committed together with the outcome
// they tell of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemons/queue/message.h"
#include "settings/queue.h"

namespace courier::queue {

enum class ReportKind { Final, Delay };  // Final: failed, delivered and relayed recipients together

// Which targets of `message` are to be told of now. Final: finished, not reported yet, and wanted by NOTIFY. Delay: still
// deferred and wanted. (D-1 to D-4)
[[nodiscard]] std::vector<std::uint32_t> to_be_reported(const Message& message, ReportKind kind);

// Whether anyone is told at all: a null sender gets nothing but the double bounce to the postmaster; a double bounce ends here.
enum class Addressee { Sender, Postmaster, Nobody };
[[nodiscard]] Addressee addressee_of(const Message& message, ReportKind kind);

struct ReportInput {
  ReportKind kind = ReportKind::Final;
  std::vector<std::uint32_t> targets;
  std::string id;                  // of the new message
  std::string host_name;
  WallTime now;
  std::string_view original;       // its first bytes; all of them when `original_whole`
  bool original_whole = false;
};
// Whether the whole original is returned (D-11, D-12); then ReportInput.original must hold all of it.
[[nodiscard]] bool returns_whole(const Message& message, ReportKind kind, const std::vector<std::uint32_t>& targets,
                                 const QueueSettings& settings);

// The new message, not yet numbered: null sender, one recipient still to be expanded, its body in memory.
[[nodiscard]] MessagePtr make_report(const Message& about, const ReportInput& input, const QueueSettings& settings);

}  // namespace courier::queue
