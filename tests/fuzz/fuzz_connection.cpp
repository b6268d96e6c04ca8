// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/socket.h>
#include <unistd.h>

#include <asio/io_context.hpp>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "broker/base/assert.h"
#include "broker/server/net/connection.h"
#include "tests/fuzz/entries.h"
#include "tests/fuzz/pieces.h"
#include "tests/support/manual_clock.h"

namespace weir::fuzz {

namespace {

using namespace weir::server;

constexpr std::size_t kHead = 4;
constexpr std::size_t kLength = 4;
constexpr std::size_t kLargestFrame = 200'000;
constexpr std::size_t kKiB = 1024;
constexpr std::byte kFiller{0x2a};
/// A login before which frames are small, and which the first frame that begins with kLogin ends.
constexpr unsigned kStranger = 0x01;
constexpr unsigned kTinyFrames = 0x02;
constexpr Peer::FrameRule kStrangersRule{600, 0};
constexpr Peer::FrameRule kTinyRule{kLargestFrame, 0};

/// What the first byte of a frame makes the handler do.
enum class Deed { kAnswer, kAnswerLater, kAnswerNothing, kLogin, kHangUp };
Deed deedOf(ByteView frame) {
    if (frame.empty()) {
        return Deed::kAnswer;
    }
    switch (std::to_integer<unsigned>(frame.front()) % 16) {
        case 9:
            return Deed::kLogin;
        case 10:
            return Deed::kHangUp;
        case 11:
        case 12:
            return Deed::kAnswerLater;
        case 13:
            return Deed::kAnswerNothing;
        default:
            return Deed::kAnswer;
    }
}

/// The frame's length and how it begins: enough to tell answers apart.
Bytes answerTo(ByteView frame) {
    const ByteView some = frame.first(std::min<std::size_t>(frame.size(), 8));
    Bytes answer(kLength + kLength + some.size());
    storeBigEndian(answer.data(), static_cast<std::int32_t>(kLength + some.size()));
    storeBigEndian(answer.data() + kLength, static_cast<std::int32_t>(frame.size()));
    std::copy(some.begin(), some.end(), answer.begin() + kLength + kLength);
    return answer;
}

Peer::FrameRule ruleOf(unsigned mode) {
    if ((mode & kStranger) != 0) {
        return kStrangersRule;
    }
    return (mode & kTinyFrames) != 0 ? kTinyRule : Peer::FrameRule{};
}

/// What must come of a stream, found the simplest way: all of it is there.
struct Expected {
    std::size_t frames = 0;
    Bytes answers;
    bool isHungUp = false;
};
Expected expectedOf(ByteView stream, unsigned mode) {
    Expected made;
    Peer::FrameRule rule = ruleOf(mode);
    while (stream.size() >= kLength) {
        const auto length = loadBigEndian<std::int32_t>(stream.data());
        if (length < rule.smallest || static_cast<std::size_t>(length) > std::min(kLargestFrame, rule.largest)) {
            made.isHungUp = true;
            break;
        }
        if (stream.size() < kLength + static_cast<std::size_t>(length)) {
            break;
        }
        const ByteView frame = stream.subspan(kLength, static_cast<std::size_t>(length));
        stream = stream.subspan(kLength + frame.size());
        ++made.frames;
        const Deed deed = deedOf(frame);
        if (deed == Deed::kHangUp) {
            made.isHungUp = true;
            break;
        }
        rule = deed == Deed::kLogin ? Peer::FrameRule{} : rule;
        if (deed != Deed::kAnswerNothing) {
            const Bytes answer = answerTo(frame);
            made.answers.insert(made.answers.end(), answer.begin(), answer.end());
        }
    }
    return made;
}

class Handler final : public FrameHandler {
public:
    void onFrame(const std::shared_ptr<Peer>& peer, ByteView frame, Responder responder) override {
        ++frames;
        const auto answer = [&] {
            protocol::Frame made;
            made.bytes = answerTo(frame);
            return OutFrame(std::move(made));
        };
        switch (deedOf(frame)) {
            case Deed::kHangUp:
                responder.close("asked to");
                return;
            case Deed::kAnswerNothing:
                responder.sendNothing();
                return;
            case Deed::kAnswerLater: {
                OutFrame later = answer();
                responder.letGo();
                m_later.emplace_back(std::move(responder), std::move(later));
                return;
            }
            case Deed::kLogin:
                peer->setFrameRule({});
                peer->setKnown();
                [[fallthrough]];
            case Deed::kAnswer:
                responder.send(answer());
        }
    }
    void onClosed(const Peer&) override { ++closed; }
    bool answerWhatWaits() {
        auto later = std::exchange(m_later, {});
        for (auto& [responder, answer] : later) {
            responder.send(std::move(answer));
        }
        return !later.empty();
    }

    std::size_t frames = 0;
    int closed = 0;

private:
    std::vector<std::pair<Responder, OutFrame>> m_later;
};

/// A connection on one end of a pair of sockets; everything happens on this thread.
class Bench {
public:
    explicit Bench(unsigned mode) {
        int ends[2] = {-1, -1};
        WEIR_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        m_client = ends[0];
        Socket socket(m_io);
        socket.assign(asio::ip::tcp::v4(), ends[1]);
        const auto peer = std::make_shared<Peer>(ConnectionId(1), "127.0.0.1", 1, "127.0.0.1", 2, Timestamp(0));
        peer->setFrameRule(ruleOf(mode));
        if ((mode & kStranger) == 0) {
            peer->setKnown();
        }
        m_connection = std::make_shared<Connection>(std::move(socket), peer, m_context, nullptr);
        m_peers.add(peer, [] {});
        m_connection->start();
    }
    ~Bench() { ::close(m_client); }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    void write(ByteView piece) {
        while (!piece.empty()) {
            const ssize_t sent = ::send(m_client, piece.data(), piece.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0) {
                piece = piece.subspan(static_cast<std::size_t>(sent));
            }
            settle();
            if (m_connection->isClosed()) {
                return;
            }
        }
    }
    /// Until nothing moves: all that can be read is read, all that is answered has come back.
    void settle() {
        bool moves = true;
        while (moves) {
            m_io.restart();
            moves = m_io.poll() != 0;
            moves = m_handler.answerWhatWaits() || moves;
            std::byte some[4096];
            for (ssize_t got = 0; (got = ::recv(m_client, some, sizeof some, MSG_DONTWAIT)) > 0; moves = true) {
                m_answers.insert(m_answers.end(), some, some + got);
            }
        }
    }
    void finish() {
        ::shutdown(m_client, SHUT_WR);
        settle();
        WEIR_ASSERT(m_connection->isClosed() && m_handler.closed == 1 && m_peers.count() == 0);
        WEIR_ASSERT(m_budget.used() == 0 && m_connection.use_count() == 1);
    }
    [[nodiscard]] const Handler& handler() const { return m_handler; }
    [[nodiscard]] const Bytes& answers() const { return m_answers; }

private:
    static NetLimits limits() {
        NetLimits limits;
        limits.maxFrameBytes = kLargestFrame;
        return limits;
    }

    const NetLimits m_limits = limits();
    testing::ManualClock m_clock;
    MemoryBudget m_budget{2 * kLargestFrame};
    Handler m_handler;
    RateLimitedLog m_log{m_clock, Logger()};
    PeerRegistry m_peers;
    const ConnectionContext m_context{m_limits, m_clock, m_budget, m_handler, m_log, m_peers};
    asio::io_context m_io;
    int m_client = -1;
    std::shared_ptr<Connection> m_connection;
    Bytes m_answers;
};

}  // namespace

bool frameStream(ByteView input) {
    if (input.size() < kHead) {
        return false;
    }
    const auto mode = std::to_integer<unsigned>(input[0]);
    Bytes stream(input.begin() + kHead, input.end());
    stream.resize(stream.size() + std::to_integer<std::size_t>(input[3]) * kKiB, kFiller);
    Bench bench(mode);
    Pieces pieces(stream, std::to_integer<unsigned>(input[1]), std::to_integer<unsigned>(input[2]));
    for (ByteView piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
        bench.write(piece);
    }
    bench.finish();
    const Expected expected = expectedOf(stream, mode);
    WEIR_ASSERT(bench.handler().frames == expected.frames);
    const Bytes& answers = bench.answers();
    // What was answered before a connection is hung up may stay behind; nothing else may be there.
    WEIR_ASSERT(answers.size() <= expected.answers.size() &&
                std::equal(answers.begin(), answers.end(), expected.answers.begin()));
    WEIR_ASSERT(expected.isHungUp || answers.size() == expected.answers.size());
    return expected.frames != 0;
}

}  // namespace weir::fuzz
