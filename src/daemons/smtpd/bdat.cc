// BDAT (RFC 3030, section 2). A chunk's bytes are read whatever the answer to them is.
#include <algorithm>

#include "daemons/smtpd/message.h"
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

namespace {

// Passes `size` octets to the intake, or drops them when there is none.
Task<Result<void, InputFault>> receive_chunk(Session& session, std::uint64_t size, Intake* intake) {
  Input& input = session.input();
  for (;;) {
    const std::string_view bytes = input.bytes();
    std::string_view chunk = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size())));
    size -= chunk.size();
    input.keep(bytes.substr(chunk.size()));
    if (intake && intake->take(chunk)) co_await intake->flush();
    if (size == 0) co_return Result<void, InputFault>{};
    if (auto more = co_await input.fill(session.data_deadline()); !more) co_return fail(more.error());
  }
}

// Why this chunk belongs to no message; else the state is Chunking afterwards.
std::optional<Reply> begin_chunking(Session& session) {
  if (std::holds_alternative<Chunking>(session.state)) return std::nullopt;
  auto* mailing = std::get_if<Mailing>(&session.state);
  if (!mailing) return bad_sequence("MAIL first");
  if (auto refusal = cannot_take(session, *mailing, session.env())) return refusal;
  session.state = Chunking{begin_message(session, std::move(*mailing), smtp::DataDecoder::Framing::Chunks)};
  return std::nullopt;
}

}  // namespace

Task<Reply> bdat(Session& session, std::string_view arguments) {
  const auto command = smtp::parse_bdat(arguments);
  if (!command) {
    // Where the chunk ends is not known: what follows cannot be told from commands.
    session.close_after();
    co_return syntax_reply(command.error());
  }
  const std::optional<Reply> refusal = begin_chunking(session);
  auto* chunking = std::get_if<Chunking>(&session.state);
  Intake* intake = refusal ? nullptr : chunking->intake.get();
  if (auto received = co_await receive_chunk(session, command->size, intake); !received) co_return session.end_with(received.error());
  if (refusal) co_return *refusal;
  if (!command->last) co_return reply(250, 2, 0, 0, std::to_string(command->size) + " octets received");
  const std::unique_ptr<Intake> whole = std::move(chunking->intake);
  session.state = Greeted{};
  if (whole->end()) co_await whole->flush();
  Reply answer = co_await whole->finish();
  if (answer.positive()) session.progressed();
  co_return answer;
}

}  // namespace courier::smtpd
