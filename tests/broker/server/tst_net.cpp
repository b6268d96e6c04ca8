// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QByteArray>
#include <QtCore/QCoreApplication>
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "broker/base/clock.h"
#include "broker/server/net/alien.h"
#include "broker/server/net/listener.h"
#include "broker/server/net/port_owner.h"
#include "broker/server/net/timer_queue.h"
#include "tests/support/manual_clock.h"
#include "tests/support/wire_client.h"

using namespace weir;
using namespace weir::server;
using weir::testing::WireClient;

namespace {

constexpr std::size_t kHeader = 8;

/// Echoes frames: the answer is the request. Frames whose first byte is 'P' are parked until `release`, those with 'L'
/// as well, but they are let go; 'Q' gives the last answer.
class Echo final : public FrameHandler {
public:
    void onFrame(const std::shared_ptr<Peer>&, ByteView frame, Responder responder) override {
        const std::unique_lock lock(m_mutex);
        ++m_frames;
        m_changed.notify_all();
        switch (static_cast<char>(frame[0])) {
            case 'L':
                responder.letGo();
                [[fallthrough]];
            case 'P':
                m_parked.push_back({toBytes(frame), std::move(responder)});
                break;
            case 'N':
                responder.sendNothing();
                break;
            case 'Q':
                responder.sendLast(framed(frame), {});
                break;
            case 'X':
                responder.close("asked to");
                break;
            case 'D':
                break;  // drops the responder
            default:
                responder.send(framed(frame));
        }
    }
    void onClosed(const Peer&) override {
        const std::lock_guard lock(m_mutex);
        ++m_closed;
        m_changed.notify_all();
    }
    void waitForParked(std::size_t count) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_parked.size() >= count; });
    }
    void waitForFrames(std::size_t count) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_frames >= count; });
    }
    std::size_t closed() {
        const std::lock_guard lock(m_mutex);
        return m_closed;
    }
    void waitForClosed(std::size_t count) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_closed >= count; });
    }
    std::size_t parked() {
        const std::lock_guard lock(m_mutex);
        return m_parked.size();
    }
    void dropParked() {
        std::vector<Parked> parked;
        const std::lock_guard lock(m_mutex);
        parked.swap(m_parked);
    }
    /// Newest first.
    void releaseBackwards() {
        {
            const std::lock_guard lock(m_mutex);
            std::ranges::reverse(m_parked);
        }
        release();
    }
    void release() {
        std::vector<Parked> parked;
        {
            const std::lock_guard lock(m_mutex);
            parked.swap(m_parked);
        }
        for (auto& each : parked) {
            each.responder.send(framed(each.frame));
        }
    }

private:
    struct Parked {
        Bytes frame;
        Responder responder;
    };
    static OutFrame framed(ByteView body) {
        protocol::Frame frame;
        frame.bytes.resize(sizeof(std::int32_t));
        storeBigEndian(frame.bytes.data(), static_cast<std::int32_t>(body.size()));
        frame.bytes.insert(frame.bytes.end(), body.begin(), body.end());
        return OutFrame(std::move(frame));
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Parked> m_parked;
    std::size_t m_closed = 0;
    std::size_t m_frames = 0;
};

Bytes requestOf(char kind, std::size_t size, char fill = '.') {
    Bytes bytes(sizeof(std::int32_t) + size, static_cast<std::byte>(fill));
    storeBigEndian(bytes.data(), static_cast<std::int32_t>(size));
    bytes[sizeof(std::int32_t)] = static_cast<std::byte>(kind);
    return bytes;
}

struct Server {
    explicit Server(NetLimits limits = {}, std::size_t threads = 2)
        : pool(threads), listener(pool, limits, clock, {}, echo) {
        const auto bound = listener.bind({{"127.0.0.1", 0}, {"::1", 0}});
        if (!bound) {
            qFatal("%s", bound.error().message.c_str());
        }
        listener.startAccepting();
        pool.start();
    }
    ~Server() {
        echo.release();
        listener.stop();
        pool.stop();
    }
    [[nodiscard]] std::uint16_t port() const { return listener.endpoints().front().port; }
    /// Time passes until so many connections have been closed; before and after it stands still, however slow the
    /// machine is.
    bool letTimePassUntilClosed(std::size_t count, std::chrono::milliseconds step) {
        return QTest::qWaitFor(
            [&] {
                clock.advance(step);
                return echo.closed() >= count;
            },
            30'000);
    }

    weir::testing::ManualClock clock;
    Echo echo;
    NetPool pool;
    Listener listener;
};

}  // namespace

class TestNet : public QObject {
    Q_OBJECT

private slots:
    void bothLoopbacksShareOnePickedPort() {
        Server server;
        for (const Endpoint& endpoint : server.listener.endpoints()) {
            QCOMPARE(endpoint.port, server.port());
            WireClient client(endpoint.port, endpoint.host);
            client.sendBytes(requestOf('e', 20));
            QCOMPARE(client.receiveFrame()->size(), 20U);
        }
    }

    void framesOfEverySizeComeBackWhole() {
        Server server;
        WireClient client(server.port());
        for (const std::size_t size :
             {kHeader, std::size_t{9}, std::size_t{1000}, std::size_t{1020}, std::size_t{1021}, std::size_t{65'532},
              std::size_t{65'533}, std::size_t{1} << 20, (std::size_t{5} << 20) + 3}) {
            const Bytes request = requestOf('e', size, static_cast<char>('a' + size % 26));
            client.sendBytes(request);
            const auto answer = client.receiveFrame();
            QVERIFY(answer.has_value());
            QVERIFY(std::equal(answer->begin(), answer->end(), request.begin() + 4, request.end()));
        }
    }

    void pipelinedRequestsAreAnsweredInOrderAroundAParkedOne() {
        Server server;
        WireClient client(server.port());
        Bytes all;
        const std::vector<std::size_t> sizes{10, 70'000, 11, 12, 200'000, 13};
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            const Bytes one = requestOf(i == 2 ? 'P' : 'e', sizes[i]);
            all.insert(all.end(), one.begin(), one.end());
        }
        client.sendBytes(all);
        QCOMPARE(client.receiveFrame()->size(), sizes[0]);
        QCOMPARE(client.receiveFrame()->size(), sizes[1]);
        server.echo.waitForParked(1);
        server.echo.release();
        for (std::size_t i = 2; i < sizes.size(); ++i) {
            QCOMPARE(client.receiveFrame()->size(), sizes[i]);
        }
    }

    void aRequestWithoutAnswerLeavesTheNextOnesInOrder() {
        Server server;
        WireClient client(server.port());
        client.sendBytes(requestOf('N', 10));
        client.sendBytes(requestOf('N', 10));
        client.sendBytes(requestOf('e', 33));
        QCOMPARE(client.receiveFrame()->size(), 33U);
    }

    void requestsLetGoAreAnsweredInOrderWhateverTheirAnswersDo() {
        Server server;
        WireClient client(server.port());
        constexpr std::size_t kCount = 40;
        for (std::size_t i = 0; i < kCount; ++i) {
            client.sendBytes(requestOf('L', kHeader + i));
        }
        // All of them are taken before one is answered; the one behind them waits its turn.
        server.echo.waitForParked(kCount);
        client.sendBytes(requestOf('e', 500));
        server.echo.releaseBackwards();
        for (std::size_t i = 0; i < kCount; ++i) {
            QCOMPARE(client.receiveFrame()->size(), kHeader + i);
        }
        QCOMPARE(client.receiveFrame()->size(), 500U);
        // And one by one, while the connection reads.
        for (std::size_t i = 0; i < kCount; ++i) {
            client.sendBytes(requestOf('L', kHeader + i));
            server.echo.waitForParked(1);
            server.echo.release();
            QCOMPARE(client.receiveFrame()->size(), kHeader + i);
        }
    }

    void aLastAnswerWaitsForThoseBeforeIt() {
        Server server;
        WireClient client(server.port());
        client.sendBytes(requestOf('L', 30));
        client.sendBytes(requestOf('Q', 31));
        client.sendBytes(requestOf('e', 32));
        server.echo.waitForParked(1);
        server.echo.release();
        QCOMPARE(client.receiveFrame()->size(), 30U);
        QCOMPARE(client.receiveFrame()->size(), 31U);
        QVERIFY(!client.receiveFrame());
        server.echo.waitForClosed(1);
    }

    void aClientCannotPileUpRequestsThatWait() {
        Server server;
        WireClient client(server.port());
        constexpr std::size_t kMost = 256;
        for (std::size_t i = 0; i < kMost + 100; ++i) {
            client.sendBytes(requestOf('L', kHeader));
        }
        server.echo.waitForParked(kMost);
        // Another connection of the same threads is served twice: had more been taken, it would have been by now.
        for (int i = 0; i < 2; ++i) {
            WireClient other(server.port());
            other.sendBytes(requestOf('e', 9));
            QVERIFY(other.receiveFrame());
        }
        QCOMPARE(server.echo.parked(), kMost);
        server.echo.release();
        server.echo.waitForParked(100);
        server.echo.release();
        for (std::size_t i = 0; i < kMost + 100; ++i) {
            QVERIFY(client.receiveFrame());
        }
    }

    void aRequestLetGoAndDroppedClosesItsConnection() {
        Server server;
        WireClient client(server.port());
        client.sendBytes(requestOf('L', 30));
        server.echo.waitForParked(1);
        server.echo.dropParked();
        QVERIFY(!client.receiveFrame());
        server.echo.waitForClosed(1);
    }

    void framesThatArriveByteByByteAreServed() {
        Server server;
        WireClient client(server.port());
        const Bytes request = requestOf('e', 40);
        for (const std::byte& byte : request) {
            client.sendBytes({&byte, 1});
        }
        QCOMPARE(client.receiveFrame()->size(), 40U);
    }

    /// Each byte does not wake the server, and yet the last one ends the frame, whatever has been served before.
    void morselsOfALargeFrameAreServedToo() {
        Server server;
        WireClient client(server.port());
        for (const std::size_t size : {300U, 20'000U, 70'000U, 40U}) {
            const Bytes request = requestOf('e', size);
            const std::size_t step = 1 + size / 300;
            for (std::size_t at = 0; at < request.size(); at += step) {
                client.sendBytes(ByteView(request).subspan(at, std::min(step, request.size() - at)));
            }
            QCOMPARE(client.receiveFrame()->size(), size);
        }
    }

    void refusedFramesCloseAndOthersGoOn_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("negative length") << QByteArray("\xff\xff\xff\xff", 4);
        QTest::newRow("2 GiB") << QByteArray("\x7f\xff\xff\xff", 4);
        QTest::newRow("too short for a header") << QByteArray("\0\0\0\7", 4);
        QTest::newRow("tls hello") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
        QTest::newRow("http") << QByteArray("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    void refusedFramesCloseAndOthersGoOn() {
        QFETCH(QByteArray, bytes);
        Server server;
        WireClient other(server.port());
        WireClient client(server.port());
        client.sendBytes(asBytes({bytes.constData(), static_cast<std::size_t>(bytes.size())}));
        QVERIFY(client.waitForClose());
        other.sendBytes(requestOf('e', 12));
        QCOMPARE(other.receiveFrame()->size(), 12U);
    }

    void aliensAreNamedForTheReaderOfTheLog() {
        const auto hint = [](std::string_view first, std::int32_t length) {
            return describeAlien(asBytes(first), length, 100);
        };
        QVERIFY(hint("GET /", 0x47455420).find("HTTP") != std::string::npos);
        QVERIFY(hint("\x16\x03\x01\x02", 0x16030102).find("TLS") != std::string::npos);
        QVERIFY(hint("\x7f\xff\xff\xff", 0x7fffffff).find("socket.request.max.bytes") != std::string::npos);
        QVERIFY(hint("\xff\xff\xff\xff", -1).find("-1") != std::string::npos);
    }

    void aHugeLengthClaimsNoMemoryBeforeItsBytesCome() {
        Server server;
        WireClient client(server.port());
        Bytes begin(4);
        storeBigEndian(begin.data(), std::int32_t{100'000'000});
        client.sendBytes(begin);
        WireClient other(server.port());
        other.sendBytes(requestOf('e', 12));
        QCOMPARE(other.receiveFrame()->size(), 12U);
    }

    void aDroppedResponderClosesItsConnection() {
        Server server;
        WireClient client(server.port());
        client.sendBytes(requestOf('D', 10));
        QVERIFY(client.waitForClose());
        WireClient second(server.port());
        second.sendBytes(requestOf('X', 10));
        QVERIFY(second.waitForClose());
    }

    void aFrameThatNeverEndsIsClosedAtItsDeadline() {
        NetLimits limits;
        limits.frameDeadline = std::chrono::milliseconds(50);
        Server server(limits);
        WireClient client(server.port());
        const Bytes request = requestOf('e', 40);
        client.sendBytes(ByteView(request).first(20));
        QVERIFY(server.letTimePassUntilClosed(1, limits.frameDeadline));
        QVERIFY(client.waitForClose());
    }

    void anIdleConnectionIsClosedAndAParkedOneIsNot() {
        NetLimits limits;
        limits.idle = std::chrono::milliseconds(100);
        Server server(limits);
        WireClient parked(server.port());
        parked.sendBytes(requestOf('P', 10));
        server.echo.waitForParked(1);
        WireClient idle(server.port());
        QVERIFY(server.letTimePassUntilClosed(1, limits.idle));
        QVERIFY(idle.waitForClose());
        server.echo.release();
        QCOMPARE(parked.receiveFrame()->size(), 10U);
    }

    void aClientThatLeavesWhileParkedGivesItsDescriptorBack() {
        NetLimits limits;
        limits.idle = std::chrono::milliseconds(100);
        Server server(limits);
        {
            WireClient client(server.port());
            client.sendBytes(requestOf('P', 10));
            server.echo.waitForParked(1);
        }
        server.echo.waitForClosed(1);
        QCOMPARE(server.listener.peers().count(), 0U);
    }

    void aResetBehindAParkedRequestAndBytesIsNoticed() {
        NetLimits limits;
        limits.idle = std::chrono::milliseconds(100);
        Server server(limits);
        WireClient client(server.port());
        client.sendBytes(requestOf('P', 10));
        server.echo.waitForParked(1);
        client.sendBytes(requestOf('e', 10));
        client.reset();
        server.echo.waitForClosed(1);
        QCOMPARE(server.listener.peers().count(), 0U);
    }

    void everyTruncatedPrefixIsClosedWithoutALeak() {
        Server server;
        const Bytes request = requestOf('e', 60);
        for (std::size_t length = 0; length < request.size(); ++length) {
            WireClient client(server.port());
            client.sendBytes(ByteView(request).first(length));
            if (length % 2 == 0) {
                client.finishSending();
                QVERIFY(client.waitForClose());
            } else {
                client.reset();
            }
        }
        server.echo.waitForClosed(request.size());
        QCOMPARE(server.listener.peers().count(), 0U);
        QCOMPARE(server.listener.budget().used(), 0U);
    }

    void requestsWaitForMemoryInsteadOfTakingIt() {
        NetLimits limits;
        limits.maxFrameBytes = 1 << 20;
        limits.maxBytesInFlight = 1 << 20;
        Server server(limits);
        WireClient first(server.port());
        first.sendBytes(requestOf('P', 900'000));
        server.echo.waitForParked(1);
        WireClient second(server.port());
        std::thread sender([&] { second.sendBytes(requestOf('e', 800'000)); });
        WireClient small(server.port());
        small.sendBytes(requestOf('e', 100));
        QCOMPARE(small.receiveFrame()->size(), 100U);
        QVERIFY(server.listener.budget().used() <= limits.maxBytesInFlight + limits.maxFrameBytes);
        server.echo.release();
        QCOMPARE(first.receiveFrame()->size(), 900'000U);
        QCOMPARE(second.receiveFrame()->size(), 800'000U);
        sender.join();
    }

    void anAnnouncedLengthClaimsOnlyWhatItBrought() {
        NetLimits limits;
        limits.maxFrameBytes = 4 << 20;
        limits.maxBytesInFlight = 4 << 20;
        Server server(limits);
        std::vector<WireClient> liars;
        const Bytes begun = requestOf('e', 4 << 20);
        for (int i = 0; i < 16; ++i) {
            liars.emplace_back(server.port()).sendBytes(ByteView(begun).first(i % 2 == 0 ? 4 : 1000));
        }
        WireClient good(server.port());
        for (int i = 0; i < 20; ++i) {
            good.sendBytes(requestOf('e', 1 << 20));
            QCOMPARE(good.receiveFrame()->size(), std::size_t{1} << 20);
        }
        QVERIFY(server.listener.budget().used() <= limits.maxBytesInFlight);
    }

    void begunRequestsDoNotWaitForEachOtherForEver() {
        NetLimits limits;
        limits.maxFrameBytes = 1 << 20;
        limits.maxBytesInFlight = 1 << 20;
        Server server(limits);
        const Bytes request = requestOf('e', 1'000'000);
        std::vector<WireClient> clients;
        for (int i = 0; i < 6; ++i) {
            clients.emplace_back(server.port()).sendBytes(ByteView(request).first(300'000));
        }
        std::vector<std::thread> senders;
        for (WireClient& client : clients) {
            senders.emplace_back([&] { client.sendBytes(ByteView(request).subspan(300'000)); });
        }
        for (WireClient& client : clients) {
            QCOMPARE(client.receiveFrame()->size(), 1'000'000U);
        }
        for (std::thread& sender : senders) {
            sender.join();
        }
    }

    void whoHoldsMemoryAndDoesNotGetOnIsClosed() {
        NetLimits limits;
        limits.maxFrameBytes = 1 << 20;
        limits.maxBytesInFlight = 1 << 20;
        limits.patienceWhenShort = std::chrono::milliseconds(50);
        Server server(limits);
        const Bytes request = requestOf('e', 1'000'000);
        WireClient stalled(server.port());
        stalled.sendBytes(ByteView(request).first(600'000));
        // Its length counts or not, as the bytes happened to come.
        QTRY_VERIFY(server.listener.budget().used() >= 599'000);
        QVERIFY(server.letTimePassUntilClosed(1, limits.patienceWhenShort));
        QVERIFY(stalled.waitForClose());
        WireClient good(server.port());
        std::thread sender([&] { good.sendBytes(request); });
        QCOMPARE(good.receiveFrame()->size(), 1'000'000U);
        sender.join();
    }

    /// Far more of them than there is memory: who has brought as much before does not wait for them to be found out.
    void begunGiantsDoNotHoldUpWhoIsKnown() {
        NetLimits limits;
        limits.maxFrameBytes = 1 << 20;
        limits.maxBytesInFlight = 1 << 20;
        limits.patienceWhenShort = std::chrono::milliseconds(50);
        Server server(limits);
        WireClient good(server.port());
        good.sendBytes(requestOf('e', 200'000));
        QCOMPARE(good.receiveFrame()->size(), 200'000U);
        const Bytes giant = requestOf('e', 1'000'000);
        std::vector<WireClient> liars;
        for (int i = 0; i < 16; ++i) {
            liars.emplace_back(server.port()).sendBytes(ByteView(giant).first(300'000));
        }
        QTRY_VERIFY(server.listener.budget().isShort());
        // Time stands still, so that nobody has been closed.
        for (int i = 0; i < 20; ++i) {
            good.sendBytes(requestOf('e', 200'000));
            QCOMPARE(good.receiveFrame()->size(), 200'000U);
        }
        QCOMPARE(server.echo.closed(), 0U);
        // Those that wait for memory and have nothing to put there are as much in the way as those that have it.
        QVERIFY(server.letTimePassUntilClosed(liars.size(), limits.patienceWhenShort));
        good.sendBytes(requestOf('e', 9));
        QVERIFY(good.receiveFrame());
        QCOMPARE(server.listener.budget().used(), 0U);
    }

    void answersThatNobodyReadsCountAndAreGivenUpWhenMemoryIsShort() {
        NetLimits limits;
        limits.maxFrameBytes = std::size_t{40} << 20;
        limits.maxBytesInFlight = limits.maxFrameBytes;
        limits.patienceWhenShort = std::chrono::milliseconds(50);
        Server server(limits);
        WireClient rude(server.port());
        rude.sendBytes(requestOf('e', std::size_t{39} << 20));
        server.echo.waitForFrames(1);
        QVERIFY(server.letTimePassUntilClosed(1, limits.patienceWhenShort));
        QCOMPARE(server.listener.budget().used(), 0U);
    }

    void connectionsAboveTheLimitAreRefused() {
        NetLimits limits;
        limits.maxConnections = 1;
        Server server(limits);
        WireClient first(server.port());
        first.sendBytes(requestOf('e', 10));
        QCOMPARE(first.receiveFrame()->size(), 10U);
        WireClient second(server.port());
        QVERIFY(second.waitForClose());
        first.sendBytes(requestOf('e', 10));
        QCOMPARE(first.receiveFrame()->size(), 10U);
    }

    void aBusyPortNamesItsOwnerAndAFreeOne() {
        Server server;
        NetPool pool(1);
        SystemClock clock;
        Echo echo;
        Listener second(pool, {}, clock, {}, echo);
        const auto bound = second.bind({{"127.0.0.1", server.port()}, {"::1", server.port()}});
        QVERIFY(!bound.ok());
        QCOMPARE(bound.error().code, ListenErrc::kPortBusy);
        QVERIFY(bound.error().freePort > server.port());
        QVERIFY(bound.error().message.find("pid " + std::to_string(QCoreApplication::applicationPid())) !=
                std::string::npos);
        // Somebody else may have taken it since; then another one is named.
        auto again = second.bind({{"127.0.0.1", bound.error().freePort}, {"::1", bound.error().freePort}});
        for (int i = 0; i < 10 && !again; ++i) {
            const std::uint16_t next = again.error().freePort;
            again = second.bind({{"127.0.0.1", next}, {"::1", next}});
        }
        QVERIFY(again.ok());
    }

    void anAddressOfAnotherMachineIsRefusedInWords() {
        NetPool pool(1);
        SystemClock clock;
        Echo echo;
        Listener listener(pool, {}, clock, {}, echo);
        const auto bound = listener.bind({{"192.0.2.1", 0}});
        QVERIFY(!bound.ok());
        QCOMPARE(bound.error().code, ListenErrc::kAddressRefused);
        QVERIFY(bound.error().message.find("192.0.2.1") != std::string::npos);
    }

    void stoppingClosesParkedAndIdleClients() {
        auto server = std::make_unique<Server>();
        WireClient idle(server->port());
        WireClient parked(server->port());
        idle.sendBytes(requestOf('e', 10));
        QCOMPARE(idle.receiveFrame()->size(), 10U);
        parked.sendBytes(requestOf('P', 10));
        server->echo.waitForParked(1);
        server->listener.stop();
        QVERIFY(idle.waitForClose());
        QVERIFY(parked.waitForClose());
    }

    void timersFireInOrderAndCancelledOnesDoNot() {
        NetPool pool(1);
        TimerQueue timers(pool.at(0));
        std::mutex mutex;
        std::condition_variable changed;
        std::vector<int> fired;
        const auto note = [&](int which) {
            return [&, which] {
                const std::lock_guard lock(mutex);
                fired.push_back(which);
                changed.notify_all();
            };
        };
        using std::chrono::milliseconds;
        auto third = timers.schedule(milliseconds(60), note(3));
        auto cancelled = timers.schedule(milliseconds(20), note(9));
        auto first = timers.schedule(milliseconds(5), note(1));
        auto second = timers.schedule(milliseconds(30), note(2));
        cancelled.reset();
        pool.start();
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return fired.size() == 3; });
            QCOMPARE(fired, (std::vector<int>{1, 2, 3}));
        }
        timers.stop();
        pool.stop();
    }
};

QTEST_GUILESS_MAIN(TestNet)
#include "tst_net.moc"
