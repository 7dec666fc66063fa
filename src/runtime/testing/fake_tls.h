// TLS that encrypts nothing, and streams that come from where a test says, for tests of sessions. Any loop; each stream
// owns the one below it.
#pragma once

#include <memory>

#include "runtime/stream.h"
#include "runtime/tls.h"

namespace courier {

// `inner` as if `peer` had connected.
[[nodiscard]] StreamPtr make_stream_from(Endpoint peer, StreamPtr inner);

// The handshake is the line "TLS" (and CRLF) from the client; anything else fails with IoFault::Protocol. Afterwards tls() says TLS 1.3 with
// TLS_AES_256_GCM_SHA384 and channel_binding() is "binding"; bytes pass as they are. Ticket keys are ignored.
[[nodiscard]] std::unique_ptr<TlsServerContext> make_fake_tls();

}  // namespace courier
