// DATA (RFC 5321, section 4.1.1.4).
#include "daemons/smtpd/message.h"
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

namespace {

// Reads the data to its end, whatever becomes of it.
Task<Result<void, InputFault>> receive(Session& session, Intake& intake) {
  Input& input = session.input();
  for (;;) {
    std::string_view bytes = input.bytes();
    const bool full = intake.take(bytes);
    input.keep(bytes);
    if (full) co_await intake.flush();
    if (intake.complete()) co_return Result<void, InputFault>{};
    if (auto more = co_await input.fill(session.data_deadline()); !more) co_return fail(more.error());
  }
}

}  // namespace

Task<Reply> data(Session& session, std::string_view arguments) {
  if (!arguments.empty()) co_return no_arguments();
  if (auto refusal = cannot_take(session, std::get<Mailing>(session.state), session.env())) co_return std::move(*refusal);
  const auto intake = begin_message(session, std::move(std::get<Mailing>(session.state)), smtp::DataDecoder::Framing::Dots);
  session.state = Greeted{};
  if (!co_await session.say({354, {}, "Ok. End with a dot on a line by itself"})) co_return session.end_with(InputFault::Closed);
  if (auto received = co_await receive(session, *intake); !received) co_return session.end_with(received.error());
  Reply answer = co_await intake->finish();
  if (answer.positive()) session.progressed();
  co_return answer;
}

}  // namespace courier::smtpd
