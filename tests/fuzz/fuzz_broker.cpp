// SPDX-License-Identifier: GPL-3.0-or-later
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <utility>

#include "broker/base/assert.h"
#include "broker/io/posix_file_system.h"
#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/sasl_authenticate.h"
#include "broker/protocol/messages/sasl_handshake.h"
#include "broker/server/engine.h"
#include "broker/server/net/listener.h"
#include "tests/fuzz/entries.h"
#include "tests/fuzz/pieces.h"
#include "tests/support/loopback.h"

namespace weir::fuzz {

namespace {

using namespace weir::protocol;

constexpr std::size_t kHead = 3;
constexpr std::size_t kLength = 4;
constexpr int kAskEvery = 64;
/// Nothing that a client sends keeps the broker from others for so long.
constexpr timeval kPatience{20, 0};
constexpr int kSilenceMs = 30;
constexpr int kMostTries = 700;

template <class Request>
Bytes frameOf(const Request& request) {
    return encodeRequestFrame(request, ApiVersion(Request::kVersions.last), CorrelationId(1), "fuzz")->flat();
}

Bytes loginFrames() {
    SaslHandshakeRequest handshake;
    handshake.mechanism = "PLAIN";
    SaslAuthenticateRequest token;
    token.authBytes = toBytes(std::string_view("\0alice\0pw", 9));
    Bytes both = frameOf(handshake);
    const Bytes second = frameOf(token);
    both.insert(both.end(), second.begin(), second.end());
    return both;
}

class Client {
public:
    explicit Client(std::uint16_t port) : m_socket(test::connectTo(port)) {
        WEIR_ASSERT(m_socket >= 0);
        const int yes = 1;
        ::setsockopt(m_socket, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
        ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    ~Client() {
        const linger hard{1, 0};
        ::setsockopt(m_socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        ::close(m_socket);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Sends and waits for so many answers.
    void ask(ByteView frames, int answers) {
        WEIR_ASSERT(::send(m_socket, frames.data(), frames.size(), MSG_NOSIGNAL) ==
                    static_cast<ssize_t>(frames.size()));
        for (int i = 0; i < answers; ++i) {
            std::array<std::byte, kLength> length{};
            WEIR_ASSERT(::recv(m_socket, length.data(), length.size(), MSG_WAITALL) == kLength);
            Bytes frame(static_cast<std::size_t>(loadBigEndian<std::int32_t>(length.data())));
            WEIR_ASSERT(::recv(m_socket, frame.data(), frame.size(), MSG_WAITALL) ==
                        static_cast<ssize_t>(frame.size()));
        }
    }
    /// False when the broker has closed, or takes no more because it is busy with what it has. Answers are taken on
    /// the way, so that nobody waits for the other.
    bool send(ByteView bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0) {
                bytes = bytes.subspan(static_cast<std::size_t>(sent));
            } else if ((errno != EAGAIN && errno != EWOULDBLOCK) || !waitFor(POLLIN | POLLOUT)) {
                return false;
            }
            if (!receive()) {
                return false;
            }
        }
        return true;
    }
    /// Bytes of answers, until the broker has closed or falls silent: what it waits for may be long.
    std::size_t finish() {
        ::shutdown(m_socket, SHUT_WR);
        while (waitFor(POLLIN) && receive()) {
        }
        return m_received;
    }

private:
    bool waitFor(short events) const {
        pollfd one{m_socket, events, 0};
        return ::poll(&one, 1, kSilenceMs) > 0;
    }
    bool receive() {
        std::array<std::byte, 16384> some{};
        const ssize_t got = ::recv(m_socket, some.data(), some.size(), MSG_DONTWAIT);
        m_received += got > 0 ? static_cast<std::size_t>(got) : 0;
        return got > 0 || (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
    }

    const int m_socket;
    std::size_t m_received = 0;
};

/// One broker for the life of the process, as it is for everybody who comes.
class Place {
public:
    Place() : m_folder(std::filesystem::temp_directory_path() / ("weir-fuzz-" + std::to_string(m_random.next()))) {
        server::EngineOptions options;
        options.dataFolder = m_folder;
        options.configs = {{"listeners", "PLAINTEXT://127.0.0.1:0,SASL_PLAINTEXT://127.0.0.1:0"},
                           {"sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256"},
                           {"plain.sasl.jaas.config",
                            "org.apache.kafka.common.security.plain.PlainLoginModule required user_alice=\"pw\";"},
                           {"connection.failed.authentication.delay.ms", "0"},
                           {"log.retention.bytes", "1000000"},
                           {"num.network.threads", "1"}};
        // Those who wait for something are looked at every fifth of it.
        options.frameDeadline = std::chrono::milliseconds(100);
        auto started = server::Engine::start(std::move(options), {m_clock, m_random, m_disk});
        WEIR_ASSERT(started.ok());
        m_engine = *std::move(started);
        for (const auto& endpoint : m_engine->listener().endpoints()) {
            (endpoint.listener == "PLAINTEXT" ? m_open : m_closed) = endpoint.port;
        }
    }
    ~Place() {
        m_engine.reset();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    [[nodiscard]] std::uint16_t port(bool hasLogin) const { return hasLogin ? m_closed : m_open; }
    /// Now and then: somebody who does nothing wrong is served, and those that have left are forgotten.
    void ask() {
        if (++m_asked % kAskEvery != 0) {
            return;
        }
        Client(m_open).ask(m_question, 1);
        for (int tries = 0; m_engine->listener().peers().count() > 1; ++tries) {
            WEIR_ASSERT(tries < kMostTries);
            // The pause of somebody who looks again; the broker notices them at its own pace.
            ::poll(nullptr, 0, kSilenceMs);
        }
    }

private:
    /// Begun before the broker, so that at the end of the process it is cleaned up after it: what OpenSSL keeps for a
    /// thread (ERR_STATE, 904 bytes) is lost if the thread ends later.
    [[maybe_unused]] const int m_openSsl = ::OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, nullptr);
    SystemClock m_clock;
    SystemRandom m_random;
    io::PosixFileSystem m_disk;
    std::filesystem::path m_folder;
    std::unique_ptr<server::Engine> m_engine;
    std::uint16_t m_open = 0;
    std::uint16_t m_closed = 0;
    int m_asked = 0;
    const Bytes m_question = frameOf(ApiVersionsRequest{});
};

/// What would change the broker for all who come later (settings and limits) is asked for its versions instead.
void keepSettings(MutableByteView stream) {
    constexpr std::size_t kSmallest = kLength + 8;
    while (stream.size() >= kSmallest) {
        const auto length = loadBigEndian<std::int32_t>(stream.data());
        const auto key = static_cast<ApiKey>(loadBigEndian<std::int16_t>(stream.data() + kLength));
        if (key == ApiKey::kAlterConfigs || key == ApiKey::kIncrementalAlterConfigs ||
            key == ApiKey::kAlterClientQuotas) {
            storeBigEndian(stream.data() + kLength, static_cast<std::int16_t>(ApiKey::kApiVersions));
        }
        if (length < 0 || static_cast<std::size_t>(length) > stream.size() - kLength) {
            return;
        }
        stream = stream.subspan(kLength + static_cast<std::size_t>(length));
    }
}

}  // namespace

bool brokerStream(ByteView input) {
    if (input.size() < kHead) {
        return false;
    }
    static Place place;
    place.ask();
    const auto mode = std::to_integer<unsigned>(input[0]) % 3;
    Client client(place.port(mode != 0));
    if (mode == 2) {
        client.ask(loginFrames(), 2);
    }
    Bytes stream(input.begin() + kHead, input.end());
    keepSettings(stream);
    Pieces pieces(stream, std::to_integer<unsigned>(input[1]), std::to_integer<unsigned>(input[2]));
    for (ByteView piece = pieces.next(); !piece.empty() && client.send(piece); piece = pieces.next()) {
    }
    return client.finish() != 0;
}

}  // namespace weir::fuzz
