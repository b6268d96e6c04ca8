// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <asio/buffer.hpp>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/security/listener_security.h"
#include "broker/server/net/frame_handler.h"
#include "broker/server/net/gate.h"
#include "broker/server/net/memory_budget.h"
#include "broker/server/net/net_types.h"
#include "broker/server/net/out_frame.h"
#include "broker/server/net/peer.h"
#include "broker/server/net/rate_limited_log.h"
#include "broker/server/net/raw_buffer.h"
#include "broker/server/net/responder.h"

namespace weir::server {

/// What all connections of a server share. Outlives them.
struct ConnectionContext {
    const NetLimits& limits;
    const Clock& clock;
    MemoryBudget& budget;
    FrameHandler& handler;
    RateLimitedLog& strangers;
    PeerRegistry& peers;
};

/// One client's socket: bytes in, frames out, answers back in order.
///
/// One coroutine reads, hands over, waits for the answer and writes it, so the pressure back to a client that does not
/// read is the control flow itself. As in Kafka one request of a connection is being handled at a time, except that a
/// handler may let go of one that only waits (produce, for the disk): those behind it are taken meanwhile, and every
/// answer leaves in the order of the requests. Requests that arrived together are answered with one write. An idle
/// connection holds a read buffer of 1 KiB. Lives on its net thread; only `close` and `complete` may be called from
/// others.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    /// `tls` is nullptr in the clear.
    Connection(Socket socket, std::shared_ptr<Peer> peer, const ConnectionContext& context,
               std::unique_ptr<security::TlsSession> tls);
    ~Connection();

    void start();
    void close();
    /// Closes, and gives back what it holds. Net thread only; by itself, or by who could not start it.
    void leave();
    /// From Responder.
    struct Completion {
        /// Nothing: no answer.
        std::optional<OutFrame> frame;
        bool isLast = false;
        /// No further request is taken until then.
        std::chrono::milliseconds pause{0};
    };
    void complete(std::uint64_t request, Completion done);
    /// From Responder. Net thread only.
    void letGo(std::uint64_t request);
    void refuse(std::uint64_t request, std::string why);
    /// To the log, rate-limited; nothing when `why` is empty.
    void complain(const std::string& why);
    /// Runs `task` on the net thread, with the connection kept alive until then.
    void post(std::function<void()> task);

    /// When the connection has earned to be closed if nothing happens until then. Net thread only.
    [[nodiscard]] Clock::Steady deadline() const { return m_deadline; }
    /// Called now and then: notices a client that left while its request was parked, and gives back what a burst made
    /// the read buffer grow to.
    void onSweep();
    [[nodiscard]] bool isClosed() const { return m_closed; }
    [[nodiscard]] bool isOnItsThread() { return m_socket.get_executor().running_in_this_thread(); }
    [[nodiscard]] const Peer& peer() const { return *m_peer; }

private:
    /// A request that was handed over and whose answer has not been queued for the client yet.
    struct Due {
        std::optional<Completion> done;
    };

    Task<> run();
    Task<> serveBuffered();
    Task<> readSome();
    Task<> flush();
    Task<> writeOut();
    template <class Condition>
    Task<> waitUntil(Condition isTrue);
    Task<> rest();
    // The encrypted twins, in connection_tls.cpp.
    Task<> flushTls();
    Task<> sendCiphertext();
    Task<std::size_t> readTls(std::array<asio::mutable_buffer, 2> buffers, asio::error_code& error);
    std::size_t decrypt(const std::array<asio::mutable_buffer, 2>& buffers);
    void pullCiphertext(asio::error_code& error);
    bool admit();
    /// Begins a frame too large for the buffer, as soon as its first part may be held.
    Task<> beginLarge(std::size_t frameSize);
    Task<> growLarge();
    Task<> claim(std::size_t bytes, std::size_t frameSize);
    [[nodiscard]] bool hasNothingToClaimFor() const;
    void waitForMore();
    [[nodiscard]] bool hasBeenReset();
    void setDeadline(Clock::Steady deadline);
    void beginWaitingForReader();
    [[nodiscard]] std::string whyInTheWay() const;
    /// The next whole frame, with its length field; nothing when bytes are missing or the connection was refused.
    std::optional<ByteView> nextFrame();
    void consume(std::size_t frameSize);
    bool reserveRoom(std::size_t frameSize);
    void refuseFrame(std::int32_t length);
    void armDeadline();
    void closeNow();
    void wake();
    /// nullptr once it is answered.
    Due* findDue(std::uint64_t request);
    /// The oldest request's answer is there.
    [[nodiscard]] bool hasAnswer() const { return !m_due.empty() && m_due.front().done; }
    void queueAnswers();

    const ConnectionContext& m_context;
    Socket m_socket;
    Gate m_gate;
    std::shared_ptr<Peer> m_peer;
    Clock::Steady m_deadline;
    Clock::Steady m_frameBegan{};

    RawBuffer m_buffer;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    bool m_filled = false;
    bool m_isReading = false;
    bool m_shrink = false;
    /// Reads in a row that brought next to nothing of the same frame, and what the system waits for since.
    int m_morsels = 0;
    std::size_t m_lowWater = 1;

    // A frame too large for the buffer grows as its bytes come, and so does what it owes the budget: a false length
    // costs its sender more than us.
    RawBuffer m_large;
    std::size_t m_largeSize = 0;
    std::size_t m_largeHave = 0;
    Clock::Steady m_broughtAt{};
    MemoryBudget::Lease m_lease;
    bool m_isClaiming = false;
    /// Bytes of the whole requests so far.
    std::size_t m_brought = 0;

    /// The one handed over last; m_due ends with it, in the order of the requests.
    std::uint64_t m_request = 0;
    std::deque<Due> m_due;
    /// Nothing more is taken until the last request is answered or let go.
    bool m_mayGoOn = true;
    std::vector<OutFrame> m_out;
    std::size_t m_outBytes = 0;
    /// Since when the client has taken nothing of what is being written to it.
    std::optional<Clock::Steady> m_unreadSince;
    MemoryBudget::Lease m_unread;
    bool m_isLast = false;
    std::chrono::milliseconds m_pause{0};
    bool m_closed = false;
    /// Another thread had no memory to bring an answer here: one that waits for it would wait for ever.
    std::atomic<bool> m_isLost{false};

    const Clock::Steady m_bornAt;
    const std::unique_ptr<security::TlsSession> m_tls;
};

}  // namespace weir::server
