// Intake: contracts/submit, on the channels from smtpd. The source of a message is the channel it came by.
//
// A submit once begun is carried out although its channel closes. Replies are held up for a while when mail comes faster than it
// leaves or space runs short, and refused when the disk has no room or falls behind altogether.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "contracts/submit.h"
#include "daemons/queue/parts.h"
#include "daemons/queue/resolver.h"
#include "daemons/queue/rounds.h"
#include "runtime/task_group.h"

namespace courier::queue {

class Intake {
 public:
  Intake(Parts& parts, Resolver& resolver, Rounds& rounds);

  // Registers what is served to that role, on every new channel from it.
  void serve(const std::string& role, submit::Source source);
  // Nothing new any more; waits for what has begun.
  [[nodiscard]] Task<bool> drain(Deadline deadline);

 private:
  // One channel: its source, and the bodies opened over it.
  struct OpenBody {
    std::string id;
    FilePtr file;
  };
  struct Door {
    submit::Source source = submit::Source::Mx;
    std::map<std::uint64_t, OpenBody> bodies;
  };
  using DoorPtr = std::shared_ptr<Door>;

  [[nodiscard]] Task<> process(DoorPtr door, submit::Submit request, Answer<submit::SubmitReply> answer);
  [[nodiscard]] Task<submit::SubmitReply> accept(Door& door, submit::Submit& request);
  [[nodiscard]] bool overrun() const;
  [[nodiscard]] bool crowded() const;
  [[nodiscard]] Task<> slow_down();
  [[nodiscard]] Task<submit::SubmitReply> commit(MessagePtr message, std::string body_file, std::optional<submit::Finishes> finishes);
  [[nodiscard]] Task<WithDescriptors<submit::OpenBodyReply>> open_body(DoorPtr door, submit::OpenBody request);
  [[nodiscard]] Task<submit::CancelReply> cancel(submit::Cancel request);
  [[nodiscard]] std::shared_ptr<const SharedBytes> keep_in_memory(SharedBytes bytes);

  Parts& parts_;
  Resolver& resolver_;
  Rounds& rounds_;
  std::shared_ptr<std::int64_t> memory_;  // bytes of bodies kept in memory; outlived by the bodies
  std::uint64_t last_handle_ = 0;
  bool draining_ = false;
  TaskGroup tasks_;  // last
};

// What a submit must be, beyond its types: the fault, or null.
[[nodiscard]] const char* fault_of(const submit::Submit& request, submit::Source source);

}  // namespace courier::queue
