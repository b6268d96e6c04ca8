// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/connection.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/dispatch.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <exception>
#include <functional>
#include <utility>

#include "broker/server/net/alien.h"

namespace weir::server {

namespace {

constexpr std::size_t kLengthSize = 4;
constexpr std::size_t kIdleBuffer = 1024;
constexpr std::size_t kBusyBuffer = std::size_t{64} << 10;
constexpr std::size_t kFirstClaim = std::size_t{64} << 10;
constexpr std::size_t kFlushBytes = std::size_t{128} << 10;
/// Requests that wait for the disk while those behind them are taken.
constexpr std::size_t kMostDue = 256;
constexpr std::chrono::seconds kQuietAfter{10};
// While memory is short: what a large request has to bring a second.
constexpr std::size_t kSlowestBytesPerSecond = std::size_t{64} << 10;
// A read that brings less is a morsel; after so many of one frame the system waits until there is a mouthful.
constexpr std::size_t kMorsel = 512;
constexpr int kMostMorsels = 4;
constexpr std::size_t kMouthful = std::size_t{16} << 10;

/// Ends what `run` was, however it ended. Where asio finds no memory to go on with it, it drops this uncalled.
class Leaving {
public:
    explicit Leaving(std::shared_ptr<Connection> connection) : m_connection(std::move(connection)) {}
    Leaving(Leaving&& other) noexcept = default;
    Leaving& operator=(Leaving&&) = delete;
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;
    ~Leaving() {
        // Not when the pool ends with what is left in it: then there is nobody to leave any more.
        if (m_connection && m_connection->isOnItsThread()) {
            m_connection->leave();
        }
    }
    void operator()(const std::exception_ptr&) { std::exchange(m_connection, nullptr)->leave(); }

private:
    std::shared_ptr<Connection> m_connection;
};

}  // namespace

Connection::Connection(Socket socket, std::shared_ptr<Peer> peer, const ConnectionContext& context,
                       std::unique_ptr<security::TlsSession> tls)
    : m_context(context),
      m_socket(std::move(socket)),
      m_gate(m_socket.get_executor()),
      m_peer(std::move(peer)),
      m_deadline(context.clock.steadyNow() + context.limits.idle),
      m_buffer(kIdleBuffer),
      m_bornAt(context.clock.steadyNow()),
      m_tls(std::move(tls)) {}

Connection::~Connection() = default;

void Connection::start() {
    asio::error_code ignored;
    m_socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    m_socket.non_blocking(true, ignored);
    // Memory that is not to be had costs this client its connection, and nobody else anything.
    asio::co_spawn(
        m_socket.get_executor(), [self = shared_from_this()] { return self->run(); }, Leaving(shared_from_this()));
}

void Connection::post(std::function<void()> task) {
    asio::post(m_socket.get_executor(), [self = shared_from_this(), task = std::move(task)] { task(); });
}

void Connection::close() {
    asio::dispatch(m_socket.get_executor(), [self = shared_from_this()] { self->closeNow(); });
}

void Connection::closeNow() {
    if (!std::exchange(m_closed, true)) {
        asio::error_code ignored;
        m_socket.close(ignored);
        wake();
    }
}

void Connection::wake() {
    m_gate.open();
    if (m_isReading && hasAnswer()) {
        asio::error_code ignored;
        m_socket.cancel(ignored);
    }
}

Task<> Connection::run() {
    while (!m_closed) {
        co_await serveBuffered();
        co_await flush();
        if (m_isLast) {
            co_await waitUntil([this] { return m_due.empty(); });
            closeNow();
        }
        if (!m_closed) {
            co_await readSome();
        }
    }
}

/// The object stays until the next sweep; what it holds goes now.
void Connection::leave() {
    closeNow();
    m_lease.release();
    m_large = RawBuffer{};
    m_due.clear();
    m_out.clear();
    m_unread.release();
    m_context.peers.remove(m_peer->id());
    m_context.handler.onClosed(*m_peer);
}

Task<> Connection::serveBuffered() {
    while (!m_closed) {
        queueAnswers();
        if (m_pause.count() != 0) {
            co_await rest();
        }
        const auto frame = nextFrame();
        if (!frame) {
            break;
        }
        m_peer->noteBytesIn(frame->size());
        m_mayGoOn = false;
        ++m_request;
        m_due.emplace_back();
        m_context.handler.onFrame(m_peer, frame->subspan(kLengthSize), Responder(shared_from_this(), m_request));
        if (!m_mayGoOn) {
            co_await waitUntil([this] { return m_mayGoOn; });
        }
        if (m_isLast) {
            co_return;
        }
        consume(frame->size());
        queueAnswers();
        if (m_outBytes >= kFlushBytes) {
            co_await flush();
            // Others have their turn before this client's next request.
            co_await asio::post(m_socket.get_executor(), kUseAwaitable);
        }
        if (m_due.size() >= kMostDue) {
            co_await waitUntil([this] { return m_due.size() < kMostDue; });
        }
    }
    if (m_largeSize == 0 && !m_closed && m_end - m_begin >= kLengthSize) {
        const auto length = loadBigEndian<std::int32_t>(m_buffer.data() + m_begin);
        const std::size_t size = static_cast<std::size_t>(length) + kLengthSize;
        if (!reserveRoom(size)) {
            co_await beginLarge(size);
        }
    }
}

std::optional<ByteView> Connection::nextFrame() {
    if (m_largeSize != 0) {
        return m_largeHave == m_largeSize ? std::optional(m_large.view().first(m_largeSize)) : std::nullopt;
    }
    const std::size_t have = m_end - m_begin;
    if (have < kLengthSize) {
        return std::nullopt;
    }
    const auto length = loadBigEndian<std::int32_t>(m_buffer.data() + m_begin);
    const Peer::FrameRule& rule = m_peer->frameRule();
    if (length < rule.smallest ||
        static_cast<std::size_t>(length) > std::min(m_context.limits.maxFrameBytes, rule.largest)) {
        refuseFrame(length);
        return std::nullopt;
    }
    const std::size_t size = static_cast<std::size_t>(length) + kLengthSize;
    if (have < size) {
        return std::nullopt;
    }
    return m_buffer.view().subspan(m_begin, size);
}

void Connection::consume(std::size_t frameSize) {
    m_brought += frameSize;
    m_frameBegan = {};
    m_morsels = 0;
    if (m_largeSize != 0) {
        m_large = RawBuffer{};
        m_largeSize = 0;
        m_largeHave = 0;
        m_lease.release();
        return;
    }
    m_begin += frameSize;
    if (m_begin == m_end) {
        m_begin = 0;
        m_end = 0;
    }
}

/// True when the rest of a frame of `frameSize` can be read as things are, or after the buffer made room.
bool Connection::reserveRoom(std::size_t frameSize) {
    if (frameSize > kBusyBuffer) {
        return false;
    }
    std::size_t wanted = m_buffer.size();
    while (wanted < frameSize) {
        wanted *= 2;
    }
    if (wanted != m_buffer.size()) {
        m_buffer.resize(wanted);
    }
    return true;
}

Task<> Connection::beginLarge(std::size_t frameSize) {
    const std::size_t have = m_end - m_begin;
    co_await claim(std::min(frameSize, std::max(kFirstClaim, have)), frameSize);
    m_large.resize(m_lease.bytes() == 0 ? have : m_lease.bytes());
    std::memcpy(m_large.data(), m_buffer.data() + m_begin, have);
    m_largeSize = frameSize;
    m_largeHave = have;
    m_broughtAt = m_context.clock.steadyNow();
    m_begin = 0;
    m_end = 0;
}

Task<> Connection::growLarge() {
    co_await claim(std::min(m_largeSize - m_large.size(), m_large.size()), m_largeSize);
    if (!m_closed) {
        m_large.resize(m_lease.bytes());
    }
}

/// Adds to the lease, when the budget allows it.
Task<> Connection::claim(std::size_t bytes, std::size_t frameSize) {
    const Standing standing = m_brought >= frameSize ? Standing::kProven : Standing::kNew;
    const std::size_t wanted = m_lease.bytes() + bytes;
    if (m_lease.bytes() == 0) {
        m_lease = m_context.budget.tryTake(bytes, standing);
    }
    if (m_lease.bytes() == wanted) {
        co_return;
    }
    co_await flush();
    auto granted = [weak = weak_from_this()](MemoryBudget::Lease lease) {
        if (const auto self = weak.lock()) {
            auto shared = std::make_shared<MemoryBudget::Lease>(std::move(lease));
            self->post([connection = self.get(), shared] {
                connection->m_lease.join(std::move(*shared));
                connection->wake();
            });
        }
    };
    if (m_lease.bytes() == 0) {
        m_context.budget.take(bytes, standing, std::move(granted));
    } else {
        m_context.budget.grow(m_lease, bytes, standing, std::move(granted));
    }
    m_isClaiming = true;
    co_await waitUntil([this, wanted] { return m_lease.bytes() == wanted; });
    m_isClaiming = false;
    // The wait was ours, not the client's.
    m_frameBegan = {};
}

void Connection::refuseFrame(std::int32_t length) {
    m_context.strangers.warn(fmt::format(
        "closed {}: {}", m_peer->remoteAddress(),
        describeAlien(m_buffer.view().subspan(m_begin, m_end - m_begin), length, m_context.limits.maxFrameBytes)));
    closeNow();
}

void Connection::armDeadline() {
    const auto now = m_context.clock.steadyNow();
    const bool isPartial = m_largeSize != 0 || m_end != m_begin;
    if (!isPartial) {
        setDeadline(now + m_context.limits.idle);
        return;
    }
    if (m_frameBegan == Clock::Steady{}) {
        m_frameBegan = now;
    }
    setDeadline(m_frameBegan + m_context.limits.frameDeadline + std::chrono::seconds(m_largeSize >> 20));
}

/// A stranger has as long for its whole login as a client for one frame, whatever it is waiting for.
void Connection::setDeadline(Clock::Steady deadline) {
    m_deadline = m_peer->isKnown() ? deadline : m_bornAt + m_context.limits.frameDeadline;
}

/// Whoever sends a frame byte by byte would wake its net thread for each: after a few of them the system wakes it only
/// for a mouthful, or for what the frame still lacks; its deadline ends it all the same.
void Connection::waitForMore() {
    std::size_t wanted = 1;
    if (m_morsels >= kMostMorsels && !m_tls) {
        const std::size_t have = m_end - m_begin;
        std::size_t lacks = kLengthSize - std::min(kLengthSize, have);
        if (m_largeSize != 0) {
            lacks = m_large.size() - m_largeHave;
        } else if (have >= kLengthSize) {
            lacks =
                static_cast<std::size_t>(loadBigEndian<std::int32_t>(m_buffer.data() + m_begin)) + kLengthSize - have;
        }
        wanted = std::clamp<std::size_t>(lacks, 1, kMouthful);
    }
    if (wanted != std::exchange(m_lowWater, wanted)) {
        asio::error_code ignored;
        m_socket.set_option(asio::socket_base::receive_low_watermark(static_cast<int>(wanted)), ignored);
    }
}

Task<> Connection::readSome() {
    if (m_begin != 0) {
        std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    if (m_largeSize != 0 && m_largeHave == m_large.size()) {
        co_await growLarge();
        if (m_closed) {
            co_return;
        }
    } else if (m_filled && m_buffer.size() < kBusyBuffer) {
        m_buffer.resize(m_buffer.size() * 2);
    }
    armDeadline();
    waitForMore();
    // What follows a large frame lands in the buffer in the same system call, but only behind the frame's last byte.
    const std::size_t wanted = m_large.size() - m_largeHave;
    const bool isLastStep = m_large.size() == m_largeSize;
    const std::size_t room = isLastStep ? m_buffer.size() - m_end : 0;
    const std::array<asio::mutable_buffer, 2> buffers{asio::buffer(m_large.data() + m_largeHave, wanted),
                                                      asio::buffer(m_buffer.data() + m_end, room)};
    asio::error_code error;
    std::size_t got = 0;
    if (m_tls) {
        got = co_await readTls(buffers, error);
    } else {
        m_isReading = true;
        got = co_await m_socket.async_read_some(buffers, asio::redirect_error(kUseAwaitable, error));
        m_isReading = false;
    }
    if (error == asio::error::operation_aborted && !m_closed) {
        // An answer is there, or the buffer is larger than a quiet client needs.
        if (std::exchange(m_shrink, false)) {
            m_buffer.resize(kIdleBuffer);
        }
        co_return;
    }
    if (error) {
        closeNow();
        co_return;
    }
    const std::size_t toLarge = std::min(got, wanted);
    if (toLarge != 0) {
        m_broughtAt = m_context.clock.steadyNow();
    }
    m_largeHave += toLarge;
    m_end += got - toLarge;
    m_filled = m_end == m_buffer.size();
    m_morsels += got < kMorsel ? 1 : 0;
}

/// What is answered meanwhile leaves. Nothing can happen between the question and the wait: both are on the net thread.
template <class Condition>
Task<> Connection::waitUntil(Condition isTrue) {
    while (!m_closed) {
        co_await flush();
        if (m_closed || isTrue()) {
            break;
        }
        setDeadline(Clock::Steady::max());
        co_await m_gate.wait();
    }
}

/// A client that has had too much: its next request stays where it is until then.
Task<> Connection::rest() {
    SteadyTimer timer(m_socket.get_executor(),
                      std::chrono::steady_clock::now() + std::exchange(m_pause, std::chrono::milliseconds{0}));
    timer.async_wait([weak = weak_from_this()](const asio::error_code&) {
        if (const auto self = weak.lock()) {
            self->m_gate.open();
        }
    });
    co_await waitUntil([&timer] { return std::chrono::steady_clock::now() >= timer.expiry(); });
}

/// While memory is short, whoever holds some and does not get on gives it back.
std::string Connection::whyInTheWay() const {
    const auto now = m_context.clock.steadyNow();
    const auto patience = m_context.limits.patienceWhenShort;
    if (m_unreadSince && now - *m_unreadSince >= patience) {
        return fmt::format("memory is short and it has not read its answers of {} bytes", m_outBytes);
    }
    if (m_largeSize == 0 || !(m_isReading || hasNothingToClaimFor()) || m_frameBegan == Clock::Steady{}) {
        return {};
    }
    const auto late = std::chrono::duration_cast<std::chrono::milliseconds>(now - m_frameBegan - patience).count();
    const bool isSlow =
        m_isReading && late > 0 && m_largeHave < static_cast<std::size_t>(late) * kSlowestBytesPerSecond / 1000;
    if (!isSlow && now - m_broughtAt < patience) {
        return {};
    }
    return fmt::format("memory is short and its request of {} bytes hardly arrives", m_largeSize);
}

/// It waits for memory, but has sent nothing that would go there. What TLS has read ahead is not seen from here.
bool Connection::hasNothingToClaimFor() const {
    asio::error_code error;
    return m_isClaiming && !m_tls && m_socket.available(error) == 0 && !error;
}

/// Also where bytes lie before the reset, which a look at them does not get past.
bool Connection::hasBeenReset() {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(m_socket.native_handle(), SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &size) == 0 &&
           error != 0;
}

void Connection::onSweep() {
    if (m_isLost) {
        closeNow();
        return;
    }
    if ((m_unreadSince || m_largeSize != 0) && m_context.budget.isShort()) {
        if (const std::string why = whyInTheWay(); !why.empty()) {
            complain(why);
            closeNow();
            return;
        }
    }
    if (!m_mayGoOn) {
        // Nobody reads while a request is parked, so a client that has gone is only seen by looking.
        std::byte one{};
        asio::error_code error;
        m_socket.receive(asio::buffer(&one, 1), asio::socket_base::message_peek, error);
        if ((error && error != asio::error::would_block) || hasBeenReset()) {
            closeNow();
        }
        return;
    }
    if (m_isReading && m_largeSize == 0 && m_end == 0 && m_buffer.size() > kIdleBuffer &&
        m_context.clock.steadyNow() > m_deadline - m_context.limits.idle + kQuietAfter) {
        asio::error_code ignored;
        m_filled = false;
        m_shrink = true;
        m_socket.cancel(ignored);
    }
}

}  // namespace weir::server
