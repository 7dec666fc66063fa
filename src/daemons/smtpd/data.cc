// DATA (RFC 5321, section 4.1.1.4).
#include "wire/smtp/data.h"

#include "daemons/smtpd/message.h"
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

namespace {

// Reads the data to its end, whatever becomes of it.
Task<Result<void, InputFault>> receive(Session& session, smtp::DataDecoder& decoder, Intake& intake) {
  Input& input = session.input();
  for (;;) {
    std::string_view bytes = input.bytes();
    decoder.feed(bytes, intake.buffer());
    input.keep(bytes);
    if (intake.took()) co_await intake.flush();
    if (decoder.finished()) co_return Result<void, InputFault>{};
    if (auto more = co_await input.fill(session.data_deadline()); !more) co_return fail(more.error());
  }
}

}  // namespace

Task<Reply> data(Session& session, std::string_view arguments) {
  if (!arguments.empty()) co_return no_arguments();
  if (auto refusal = cannot_take(session, std::get<Mailing>(session.state), session.env())) co_return std::move(*refusal);
  const std::unique_ptr<Intake> intake = begin_message(session, std::get<Mailing>(session.state));
  session.state = Greeted{};
  if (!co_await session.say({354, {}, "Ok. End with a dot on a line by itself"})) co_return session.end_with(InputFault::Closed);
  smtp::DataDecoder decoder;
  if (auto received = co_await receive(session, decoder, *intake); !received) co_return session.end_with(received.error());
  if (decoder.bare_line_end()) intake->refuse(reply(554, 5, 6, 0, "Bare CR or LF in the message: lines end in CRLF"));
  Reply answer = co_await intake->finish();
  if (answer.positive()) session.progressed();
  co_return answer;
}

}  // namespace courier::smtpd
