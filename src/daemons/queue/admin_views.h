// What the administrator is shown, as JSON (admin.h): times in RFC 3339, empty when there is none; sizes in bytes as stored.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemons/queue/message.h"

namespace courier::queue {

struct EventView {
  std::string at, text;
  template <class V>
  void fields(V& v) {
    v("at", at), v("text", text);
  }
};
struct RecipientView {
  std::string address, state, reply, remote;
  template <class V>
  void fields(V& v) {
    v("address", address), v("state", state), v("reply", reply), v("remote", remote);
  }
};
struct MessageView {
  std::int64_t number = 0;
  std::string id, sender, source;
  std::uint64_t size = 0;
  std::string arrived, due, state;
  std::vector<RecipientView> recipients;
  template <class V>
  void fields(V& v) {
    v("number", number), v("id", id), v("sender", sender), v("source", source), v("size", size), v("arrived", arrived);
    v("due", due), v("state", state), v("recipients", recipients);
  }
};
struct FullMessageView : MessageView {
  std::vector<EventView> events;
  template <class V>
  void fields(V& v) {
    MessageView::fields(v);
    v("events", events);
  }
};
struct MessageListView {
  std::vector<MessageView> messages;
  std::int64_t next = 0;
  template <class V>
  void fields(V& v) {
    v("messages", messages), v("next", next);
  }
};
struct CountView {
  std::int64_t messages = 0;
  template <class V>
  void fields(V& v) {
    v("messages", messages);
  }
};
struct CancelView {
  bool in_time = false;
  template <class V>
  void fields(V& v) {
    v("in_time", in_time);
  }
};
struct TraceView {
  std::string id, state, ended;
  std::vector<EventView> events;
  template <class V>
  void fields(V& v) {
    v("id", id), v("state", state), v("ended", ended), v("events", events);
  }
};
struct StatusView {
  std::int64_t messages = 0;
  std::uint64_t active = 0, running_local = 0, running_remote = 0, waiting_for_disk = 0, free_bytes = 0;
  template <class V>
  void fields(V& v) {
    v("messages", messages), v("active", active), v("running_local", running_local), v("running_remote", running_remote);
    v("waiting_for_disk", waiting_for_disk), v("free_bytes", free_bytes);
  }
};

[[nodiscard]] MessageView view_of(const Message& message, bool active);
[[nodiscard]] FullMessageView full_view_of(const Message& message, bool active);
[[nodiscard]] std::vector<EventView> event_views(const Progress& progress);

}  // namespace courier::queue
