// SPDX-License-Identifier: GPL-3.0-or-later
// Windows onto other clusters: opened, told apart, locked, silent, coming back.
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QUrl>
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <map>
#include <thread>

#include "app/remote_windows.h"
#include "app/settings/app_settings.h"
#include "app/settings/settings_file.h"
#include "broker/api/operations.h"
#include "tests/app/support/remote_fixture.h"
#include "tests/app/support/two_brokers.h"
#include "ui/pages/connections/connection_panel.h"
#include "ui/pages/connections/secrets_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_registry.h"
#include "ui/shell/unlock_dialog.h"
#include "ui/shell/workspace.h"
#include "ui/theme/theme.h"
#include "ui/widgets/banner.h"

using namespace weir;
using namespace weir::app;
using weir::test::Door;
using weir::test::RemoteFixture;

namespace {

/// A keychain in memory that answers later, as the real one does, or not at all.
class MemorySecrets final : public SecretStore {
public:
    void read(const QString& id, QObject* context, Done<ui::ConnectionSecrets> done) override {
        later(context, [this, id, done] {
            const auto found = kept.find(id);
            if (isBroken) {
                done(fail(error));
            } else if (found == kept.end()) {
                done(fail(ClusterError{ClusterErrc::kNotFound, 0, "Nothing is kept."}));
            } else {
                done(found->second);
            }
        });
    }
    void write(const QString& id, const ui::ConnectionSecrets& secrets, QObject* context, Done<void> done) override {
        if (!isBroken) {
            kept[id] = secrets;
        }
        later(context, [this, done] { done(isBroken ? fail(error) : ClusterResult<void>()); });
    }
    void remove(const QString& id) override { kept.erase(id); }
    void check(QObject* context, Done<void> done) override {
        later(context, [this, done] { done(isBroken ? fail(error) : ClusterResult<void>()); });
    }

    std::map<QString, ui::ConnectionSecrets> kept;
    bool isBroken = false;
    ClusterError error{ClusterErrc::kRefused, 0, "This session has no keychain."};

private:
    static void later(QObject* context, std::function<void()> run) {
        QMetaObject::invokeMethod(context, std::move(run), Qt::QueuedConnection);
    }
};

constexpr RemoteWindows::Patience kImpatient{250, 250};

/// What an application has around its windows.
struct Desk {
    AppSettings looks{{}, [](const QVariantMap&) {}};
    QTemporaryDir dir;
    ProfileStore known{dir.filePath("connections.ini")};
    MemorySecrets secrets;
    SystemClock clock;
    SeededRandom random{1};
    std::unique_ptr<RemoteWindows> windows = make();

    std::unique_ptr<RemoteWindows> make() {
        return std::make_unique<RemoteWindows>(
            RemoteWindows::Surroundings{looks, known, secrets, clock, random, kImpatient},
            RemoteWindows::Home{"This computer", [this] { ++raised; }});
    }
    int raised = 0;
};

ui::ConnectionProfile profileOf(const RemoteFixture& f, const QString& name) {
    ui::ConnectionProfile profile;
    profile.name = name;
    profile.bootstrap = QString::fromStdString(textOf(f.options().bootstrap.front()));
    return profile;
}

void createTopic(RemoteFixture& f, const std::string& name) {
    NewTopic topic;
    topic.name = name;
    topic.partitions = 1;
    QVERIFY(f.broker().createTopic(topic).ok());
}

bool seesTopic(ui::MainWindow* window, const char* name) {
    for (const ui::PaletteItem& item : window->paletteItems()) {
        if (item.text == QLatin1String(name)) {
            return true;
        }
    }
    return false;
}

/// Across the window, or across a page.
bool isSaid(const ui::MainWindow* window, const char* words) {
    const auto banners = window->findChildren<ui::Banner*>();
    return std::any_of(banners.begin(), banners.end(), [words](const ui::Banner* banner) {
        return banner->isVisible() && banner->sentence().contains(QLatin1String(words));
    });
}

/// A way to a broker that a test can close, cut short or let fall silent.
class Proxy {
public:
    Proxy() {
        if (!m_server.listen(QHostAddress::LocalHost)) {
            qFatal("the proxy cannot listen");
        }
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] { join(); });
    }
    [[nodiscard]] std::uint16_t port() const { return m_server.serverPort(); }
    void leadTo(std::uint16_t port) { m_to = port; }

    enum class Mood { kHonest, kSilent, kHalf, kGarbage };
    void setMood(Mood mood) {
        m_mood = mood;
        if (mood != Mood::kSilent) {
            for (QTcpSocket* const one : m_server.findChildren<QTcpSocket*>()) {
                one->abort();
            }
        }
    }

private:
    void join() {
        while (QTcpSocket* const client = m_server.nextPendingConnection()) {
            auto* const broker = new QTcpSocket(&m_server);
            broker->connectToHost(QHostAddress::LocalHost, m_to);
            QObject::connect(client, &QTcpSocket::readyRead, broker,
                             [client, broker] { broker->write(client->readAll()); });
            QObject::connect(broker, &QTcpSocket::readyRead, client,
                             [this, client, broker] { pass(*broker, *client); });
            QObject::connect(client, &QTcpSocket::disconnected, broker, &QTcpSocket::deleteLater);
            QObject::connect(broker, &QTcpSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
        }
    }
    void pass(QTcpSocket& from, QTcpSocket& to) {
        const QByteArray bytes = from.readAll();
        if (m_mood == Mood::kHonest) {
            to.write(bytes);
        } else if (m_mood == Mood::kHalf) {
            to.write(bytes.left(bytes.size() / 2));
        } else if (m_mood == Mood::kGarbage) {
            to.write(QByteArray(bytes.size(), '\x7f'));
        }
    }

    QTcpServer m_server;
    std::uint16_t m_to = 0;
    Mood m_mood = Mood::kHonest;
};

/// How long this thread has wanted to run and had to wait for a core, ever; 0 where the system does not tell.
qint64 waitedForACoreNs() {
    std::ifstream in("/proc/thread-self/schedstat");
    qint64 ran = 0;
    qint64 waited = 0;
    return in >> ran >> waited ? waited : 0;
}

/// The longest time in which the event loop did not come round, without what others kept its thread waiting for a core,
/// and beyond what this machine kept a thread waiting that wanted nothing but to run.
class StallMeter {
public:
    StallMeter() : m_idle([this] { idle(); }) {
        m_timer.setInterval(1);
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
            const qint64 waited = waitedForACoreNs();
            m_longestNs = std::max(m_longestNs, m_since.nsecsElapsed() - (waited - m_waited));
            m_waited = waited;
            m_since.start();
        });
        m_waited = waitedForACoreNs();
        m_since.start();
        m_timer.start();
    }
    ~StallMeter() {
        m_isOver = true;
        m_idle.join();
    }
    [[nodiscard]] qint64 longest() const { return std::max<qint64>(0, m_longestNs / 1'000'000 - m_machine); }

private:
    void idle() {
        QElapsedTimer since;
        since.start();
        std::unique_lock lock(m_mutex);
        while (!m_isOver) {
            m_never.wait_for(lock, std::chrono::milliseconds(1));
            m_machine = std::max<qint64>(m_machine, since.restart());
        }
    }

    QTimer m_timer;
    QElapsedTimer m_since;
    qint64 m_waited = 0;
    qint64 m_longestNs = 0;
    std::mutex m_mutex;
    std::condition_variable m_never;
    std::atomic<bool> m_isOver{false};
    std::atomic<qint64> m_machine{0};
    std::thread m_idle;
};

}  // namespace

class TstRemoteWindows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", m_dir.path().toUtf8());
        qputenv("XDG_DATA_HOME", m_dir.path().toUtf8());
        m_theme = std::make_unique<ui::Theme>(*qApp);
        QApplication::setQuitOnLastWindowClosed(false);
    }
    void cleanupTestCase() { m_theme.reset(); }

    void twoClustersAreTwoWindowsThatNeverMix() {
        RemoteFixture a;
        RemoteFixture b;
        createTopic(a, "only-in-a");
        createTopic(b, "only-in-b");
        Desk desk;
        const QString idA = desk.windows->save(profileOf(a, "Shop"), {});
        ui::ConnectionProfile second = profileOf(b, "Bank");
        second.color = 4;
        const QString idB = desk.windows->save(second, {});
        desk.windows->open(idA);
        desk.windows->open(idB);
        desk.windows->open(idB);
        QCOMPARE(desk.windows->openClusters().size(), std::size_t{3});
        ui::MainWindow* const left = desk.windows->window(idA);
        ui::MainWindow* const right = desk.windows->window(idB);
        QVERIFY(left != nullptr && right != nullptr && left != right);
        QTRY_VERIFY_WITH_TIMEOUT(seesTopic(left, "only-in-a") && seesTopic(right, "only-in-b"), 10'000);
        QVERIFY(!seesTopic(left, "only-in-b") && !seesTopic(right, "only-in-a"));
        QVERIFY(left->windowTitle().contains("Shop") && right->windowTitle().contains("Bank"));
        desk.windows->show({});
        QCOMPARE(desk.raised, 1);
        left->close();
        QTRY_COMPARE(desk.windows->openClusters().size(), std::size_t{2});
        QVERIFY(desk.windows->window(idA) == nullptr);
    }

    void everyPageOfARemoteClusterOpens() {
        RemoteFixture f;
        createTopic(f, "t");
        Desk desk;
        const QString id = desk.windows->save(profileOf(f, "Shop"), {});
        desk.windows->open(id);
        ui::MainWindow* const window = desk.windows->window(id);
        QTRY_VERIFY_WITH_TIMEOUT(seesTopic(window, "t"), 10'000);
        for (const ui::PageInfo& page : ui::allPages().listed()) {
            ui::NavigationTarget target;
            target.kind = page.kind;
            window->go(target);
            QVERIFY(window->workspace().currentPage() != nullptr);
            QCOMPARE(window->workspace().currentTarget()->kind, page.kind);
        }
    }

    void aProductionClusterIsLockedUntilItsNameIsTyped() {
        RemoteFixture f;
        Desk desk;
        ui::ConnectionProfile profile = profileOf(f, "prod-eu");
        profile.isProduction = true;
        const QString id = desk.windows->save(profile, {});
        desk.windows->open(id);
        ui::MainWindow* const window = desk.windows->window(id);
        ui::Backend& backend = *desk.windows->backend(id);
        QTRY_VERIFY_WITH_TIMEOUT(backend.live().current()->takenAt.value > 0, 10'000);
        QString said;
        const auto create = [&](const char* name) {
            NewTopic topic;
            topic.name = name;
            topic.partitions = 1;
            said = "nothing yet";
            backend.topics().create(topic, window, [&said](const ClusterResult<void>& done) {
                said = done ? QString() : QString::fromStdString(done.error().message);
            });
        };
        create("sneaked-in");
        QTRY_VERIFY2(said.contains("locked"), qPrintable(said));
        QVERIFY(f.broker().snapshot()->findTopic("sneaked-in") == nullptr);
        // Whoever tried is asked for the name at once.
        QTRY_VERIFY(window->findChild<ui::UnlockDialog*>() != nullptr);
        auto* const dialog = window->findChild<ui::UnlockDialog*>();
        auto* const edit = dialog->findChild<QLineEdit*>();
        QTest::keyClicks(edit, "prod");
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(backend.changeLock()->isLocked());
        QTest::keyClicks(edit, "-eu");
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(!backend.changeLock()->isLocked());
        create("allowed");
        QTRY_COMPARE(said, QString());
        QVERIFY(f.broker().snapshot()->findTopic("allowed") != nullptr);
        backend.changeLock()->lock();
        create("too-late");
        QTRY_VERIFY2(said.contains("locked"), qPrintable(said));
    }

    void aPastedClientBecomesAConnectionThatWorks() {
        RemoteFixture f(Door::kScram);
        Desk desk;
        ui::ConnectionPanel panel(*desk.windows, {});
        panel.show();
        const auto find = [&panel](const char* name) {
            for (auto* edit : panel.findChildren<QLineEdit*>()) {
                if (edit->accessibleName() == QLatin1String(name)) {
                    return edit;
                }
            }
            return static_cast<QLineEdit*>(nullptr);
        };
        const RemoteOptions options = f.options();
        panel.findChild<QPlainTextEdit*>()->setPlainText(
            QStringLiteral("bootstrap.servers=%1\nsecurity.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\n"
                           "sasl.jaas.config=x.ScramLoginModule required username=\"%2\" password=\"%3\";\n")
                .arg(QString::fromStdString(textOf(options.bootstrap.front())),
                     QString::fromStdString(options.sasl.user), QString::fromStdString(options.sasl.password)));
        QCOMPARE(find("User")->text(), QString::fromStdString(options.sasl.user));
        find("Name")->setText("Pasted");
        QPushButton* test = nullptr;
        QPushButton* save = nullptr;
        for (auto* button : panel.findChildren<QPushButton*>()) {
            test = button->text() == "Test" ? button : test;
            save = button->text() == "Save and open" ? button : save;
        }
        const auto says = [&panel](const char* words) {
            for (const auto* label : panel.findChildren<QLabel*>()) {
                if (label->text().contains(QLatin1String(words))) {
                    return true;
                }
            }
            return false;
        };
        find("Password")->setText("wrong");
        test->click();
        QTRY_VERIFY_WITH_TIMEOUT(says("was refused"), 10'000);
        find("Password")->setText(QString::fromStdString(options.sasl.password));
        test->click();
        QTRY_VERIFY_WITH_TIMEOUT(says("can be reached"), 10'000);
        QVERIFY(!says("was refused"));
        save->click();
        QCOMPARE(desk.windows->profiles().size(), std::size_t{1});
        const QString id = desk.windows->profiles().front().id;
        QVERIFY(desk.windows->window(id) != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(desk.windows->window(id)->windowTitle().contains("Pasted"), 5'000);
        // "Ask each time" keeps nothing, anywhere.
        QVERIFY(desk.secrets.kept.empty());
        const auto written = [&desk] {
            return QDebug::toString(loadSettings(desk.dir.filePath("connections.ini")).values);
        };
        QTRY_VERIFY_WITH_TIMEOUT(written().contains("Pasted"), 10'000);
        QVERIFY(!written().contains(QString::fromStdString(options.sasl.password)));
    }

    void secretsAreKeptWhereThePersonSaidAndNowhereElse() {
        RemoteFixture f(Door::kScram);
        createTopic(f, "t");
        const RemoteOptions options = f.options();
        const ui::ConnectionSecrets right{QString::fromStdString(options.sasl.password), {}, {}};
        Desk desk;
        ui::ConnectionProfile profile = profileOf(f, "Shop");
        profile.mechanism = "SCRAM-SHA-512";
        profile.user = QString::fromStdString(options.sasl.user);
        profile.keeping = ui::SecretKeeping::kKeychain;
        const QString id = desk.windows->save(profile, right);
        QCOMPARE(desk.secrets.kept.size(), std::size_t{1});
        // The next start finds it in the keychain.
        desk.windows = desk.make();
        desk.windows->open(id);
        QTRY_VERIFY(desk.windows->window(id) != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(seesTopic(desk.windows->window(id), "t"), 10'000);
        // A keychain that stays locked is said, and the password is asked for.
        desk.windows = desk.make();
        desk.secrets.isBroken = true;
        desk.windows->open(id);
        const auto dialog = []() -> ui::SecretsDialog* {
            for (QWidget* const one : QApplication::topLevelWidgets()) {
                if (auto* const found = qobject_cast<ui::SecretsDialog*>(one); found != nullptr && found->isVisible()) {
                    return found;
                }
            }
            return nullptr;
        };
        QTRY_VERIFY(dialog() != nullptr);
        auto* const edit = dialog()->findChild<QLineEdit*>();
        QTest::keyClicks(edit, right.password);
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_VERIFY(desk.windows->window(id) != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(seesTopic(desk.windows->window(id), "t"), 10'000);
        desk.secrets.isBroken = false;
        desk.windows->forget(id);
        QVERIFY(desk.secrets.kept.empty());
        QVERIFY(desk.windows->profiles().empty());
    }

    void profilesTravelWithoutSecrets() {
        Desk desk;
        ui::ConnectionProfile profile;
        profile.name = "Shop";
        profile.bootstrap = "h:1";
        profile.mechanism = "PLAIN";
        profile.user = "u";
        profile.isProduction = true;
        profile.color = 3;
        const QString id = desk.windows->save(profile, {"the-secret", {}, {}});
        const QString path = m_dir.filePath("connections.json");
        int count = -1;
        const auto counted = [&count](const ClusterResult<int>& done) { count = done ? *done : -2; };
        desk.windows->exportTo(path, this, counted);
        QTRY_COMPARE(count, 1);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("the-secret"));
        Desk other;
        count = -1;
        other.windows->importFrom(path, this, counted);
        QTRY_COMPARE(count, 1);
        profile.id = id;
        QCOMPARE(other.windows->profiles(), std::vector{profile});
        QFile foreign(m_dir.filePath("other.json"));
        QVERIFY(foreign.open(QIODevice::WriteOnly) && foreign.write("{\"a\":1}") > 0);
        foreign.close();
        other.windows->importFrom(foreign.fileName(), this, counted);
        QTRY_COMPARE(count, -2);
        other.windows->importFrom(m_dir.filePath("none.json"), this, counted);
        QCOMPARE(other.windows->profiles().size(), std::size_t{1});
    }

    // Whatever a cluster does, the window stays alive, says since when it knows nothing new, and comes back by itself.
    void aClusterThatMisbehavesNeverFreezesTheWindow_data() {
        QTest::addColumn<int>("mood");
        QTest::newRow("answers half") << static_cast<int>(Proxy::Mood::kHalf);
        QTest::newRow("answers garbage") << static_cast<int>(Proxy::Mood::kGarbage);
        QTest::newRow("falls silent") << static_cast<int>(Proxy::Mood::kSilent);
    }
    void aClusterThatMisbehavesNeverFreezesTheWindow() {
        QFETCH(int, mood);
        Proxy proxy;
        // The broker tells clients to come to the proxy, as one behind a gateway does.
        RemoteFixture f(Door::kPlain,
                        {{"advertised.listeners", "PLAINTEXT://127.0.0.1:" + std::to_string(proxy.port())}});
        proxy.leadTo(f.options().bootstrap.front().port);
        createTopic(f, "t");
        Desk desk;
        ui::ConnectionProfile profile;
        profile.id = "shaky";
        profile.name = "Shaky";
        profile.bootstrap = QStringLiteral("127.0.0.1:%1").arg(proxy.port());
        desk.windows->openOnce(profile, {});
        ui::MainWindow* const window = desk.windows->window("shaky");
        QTRY_VERIFY_WITH_TIMEOUT(seesTopic(window, "t"), 10'000);
        // Past what painting for the first time takes.
        QTRY_VERIFY(window->isVisible());
        QCoreApplication::processEvents();
        const StallMeter meter;
        proxy.setMood(static_cast<Proxy::Mood>(mood));
        QTRY_VERIFY_WITH_TIMEOUT(isSaid(window, "No answer since"), 15'000);
        QVERIFY2(seesTopic(window, "t"), "what was known stays to be seen");
        proxy.setMood(Proxy::Mood::kHonest);
        QTRY_VERIFY_WITH_TIMEOUT(!isSaid(window, "No answer since"), 20'000);
        OutgoingRecord record;
        record.partition = PartitionId(0);
        QVERIFY(f.broker().produce("t", {record}, {}).ok());
        const auto& live = desk.windows->backend("shaky")->live();
        QTRY_COMPARE_WITH_TIMEOUT(live.current()->findTopic("t")->partitions.front().highWatermark, Offset(1), 10'000);
        qInfo("the longest stall was %lld ms", static_cast<long long>(meter.longest()));
        QVERIFY2(meter.longest() < 50, qPrintable(QString::number(meter.longest())));
    }

    // What one broker knows is not held up by another that takes connections and says nothing.
    void oneSilentBrokerHoldsUpNobody() {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        const weir::test::TwoBrokers cluster(silent.serverPort());
        Desk desk;
        ui::ConnectionProfile profile;
        profile.id = "half";
        profile.name = "Half";
        profile.bootstrap = QStringLiteral("127.0.0.1:%1").arg(cluster.port());
        desk.windows->openOnce(profile, {});
        ui::LiveFeed& live = desk.windows->backend("half")->live();
        const auto problem = [&live] {
            for (const Problem& one : live.current()->problems) {
                if (one.subject == "Broker 2" && one.since != kNoTimestamp) {
                    return true;
                }
            }
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(problem(), 10'000);
        const auto end = [&live] { return live.current()->findTopic("t")->partitions.front().highWatermark.value; };
        // It goes on several times a second: each sample asks broker 1 twice, and each question makes it grow.
        const std::int64_t before = end();
        QTRY_VERIFY_WITH_TIMEOUT(end() >= before + 10, 8'000);
        QVERIFY(live.staleReason().isEmpty());
    }

    // Another broker leads from now on: the first one says so, and the page goes on where it was.
    void aLeaderThatMovesIsFollowed() {
        weir::test::TwoBrokers first(0, 1);
        weir::test::TwoBrokers second(first.port(), 2);
        first.meet(second.port());
        Desk desk;
        ui::ConnectionProfile profile;
        profile.id = "moving";
        profile.name = "Moving";
        profile.bootstrap = QStringLiteral("127.0.0.1:%1").arg(first.port());
        desk.windows->openOnce(profile, {});
        ui::MainWindow* const window = desk.windows->window("moving");
        ui::LiveFeed& live = desk.windows->backend("moving")->live();
        const auto partition = [&live]() -> const PartitionSnapshot* {
            const TopicSnapshot* const topic = live.current()->findTopic("t");
            return topic == nullptr ? nullptr : &topic->partitions.front();
        };
        QTRY_VERIFY_WITH_TIMEOUT(partition() != nullptr && partition()->highWatermark.value > 0, 10'000);
        QCOMPARE(partition()->leader, BrokerId(1));
        QTRY_VERIFY(window->isVisible());
        QCoreApplication::processEvents();
        const StallMeter meter;
        first.setLeader(2);
        second.setLeader(2);
        QTRY_VERIFY_WITH_TIMEOUT(partition()->leader == BrokerId(2), 10'000);
        const std::int64_t before = partition()->highWatermark.value;
        QTRY_VERIFY_WITH_TIMEOUT(partition()->highWatermark.value >= before + 10, 10'000);
        QVERIFY(live.staleReason().isEmpty());
        QVERIFY2(meter.longest() < 50, qPrintable(QString::number(meter.longest())));
    }

    void aClusterThatRestartsIsFoundAgain() {
        RemoteFixture f;
        createTopic(f, "t");
        Desk desk;
        const QString id = desk.windows->save(profileOf(f, "Shop"), {});
        desk.windows->open(id);
        ui::MainWindow* const window = desk.windows->window(id);
        QTRY_VERIFY_WITH_TIMEOUT(seesTopic(window, "t"), 10'000);
        QTRY_VERIFY(window->isVisible());
        QCoreApplication::processEvents();
        const StallMeter meter;
        std::thread stop([&f] { f.broker().stop(); });
        QTRY_VERIFY_WITH_TIMEOUT(isSaid(window, "No answer since"), 15'000);
        stop.join();
        std::atomic<bool> isBack{false};
        std::thread start([&] {
            f.restart();
            isBack = true;
        });
        QTRY_VERIFY_WITH_TIMEOUT(isBack, 15'000);
        start.join();
        QTRY_VERIFY_WITH_TIMEOUT(!isSaid(window, "No answer since"), 20'000);
        QVERIFY(seesTopic(window, "t"));
        QVERIFY2(meter.longest() < 50, qPrintable(QString::number(meter.longest())));
    }

    // A login that lasts for a moment only is renewed without a word; one that is taken away is said, and found again.
    void credentialsThatExpireAreRenewedAndThoseThatAreGoneAreSaid() {
        RemoteFixture f(Door::kScram, {{"connections.max.reauth.ms", "400"}});
        createTopic(f, "t");
        const RemoteOptions options = f.options();
        Desk desk;
        ui::ConnectionProfile profile = profileOf(f, "Shop");
        profile.id = "expiring";
        profile.mechanism = "SCRAM-SHA-512";
        profile.user = QString::fromStdString(options.sasl.user);
        desk.windows->openOnce(profile, {QString::fromStdString(options.sasl.password), {}, {}});
        ui::MainWindow* const window = desk.windows->window("expiring");
        QTRY_VERIFY_WITH_TIMEOUT(seesTopic(window, "t"), 10'000);
        QTRY_VERIFY(window->isVisible());
        QCoreApplication::processEvents();
        ui::LiveFeed& live = desk.windows->backend("expiring")->live();
        const StallMeter meter;
        QStringList complaints;
        connect(&live, &ui::LiveFeed::changed, this, [&] {
            if (!live.staleReason().isEmpty()) {
                complaints << live.staleReason();
            }
        });
        QElapsedTimer time;
        time.start();
        constexpr qint64 kFiveLives = 2000;
        QTRY_VERIFY_WITH_TIMEOUT(time.elapsed() > kFiveLives, 5'000);
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join('|')));

        QVERIFY(f.broker().operations().removeLogin(options.sasl.user, LoginMechanism::kScramSha512).ok());
        QTRY_VERIFY_WITH_TIMEOUT(isSaid(window, "was refused"), 15'000);
        QVERIFY2(seesTopic(window, "t"), "what was known stays to be seen");
        QVERIFY(f.broker()
                    .operations()
                    .putLogin({options.sasl.user, LoginMechanism::kScramSha512, 4096, options.sasl.password})
                    .ok());
        QTRY_VERIFY_WITH_TIMEOUT(!isSaid(window, "was refused"), 20'000);
        disconnect(&live, nullptr, this, nullptr);
        QVERIFY2(meter.longest() < 50, qPrintable(QString::number(meter.longest())));
    }

    // Two panels on one connection: the second to save is told first.
    void aConnectionThatChangedMeanwhileIsNotOverwrittenUnasked() {
        Desk desk;
        ui::ConnectionProfile profile;
        profile.name = "Shop";
        profile.bootstrap = "one:9092";
        profile.id = desk.windows->save(profile, {});
        // A panel that was closed deletes itself.
        const QPointer<ui::ConnectionPanel> left = new ui::ConnectionPanel(*desk.windows, profile);
        const QPointer<ui::ConnectionPanel> right = new ui::ConnectionPanel(*desk.windows, profile);
        const auto change = [](ui::ConnectionPanel& panel, const char* to) {
            panel.show();
            for (auto* edit : panel.findChildren<QLineEdit*>()) {
                if (edit->accessibleName() == "Address") {
                    edit->setText(to);
                }
            }
            for (auto* button : panel.findChildren<QPushButton*>()) {
                if (button->text() == "Save without opening") {
                    button->click();
                }
            }
        };
        const auto kept = [&desk] { return desk.windows->profiles().front().bootstrap; };
        change(*left, "two:9092");
        QCOMPARE(kept(), QString("two:9092"));
        change(*right, "three:9092");
        QCOMPARE(kept(), QString("two:9092"));
        const auto labels = right->findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(),
                            [](const QLabel* each) { return each->text().contains("changed in another window"); }));
        change(*right, "three:9092");
        QCOMPARE(kept(), QString("three:9092"));
        delete left;
        delete right;
    }

    // By its path, and by dropping it on a window; one without logs is refused in words, across the window.
    void aFolderOfLogsOpensForLookingOnly() {
        const QTemporaryDir dir;
        for (const char* const log : {"copy/orders-0", "other/trades-0", "none/pictures"}) {
            QVERIFY(QDir(dir.path()).mkpath(log));
        }
        Desk desk;
        QString problem = "not answered";
        desk.windows->openFolder(dir.filePath("copy"), this, [&](const auto& opened) {
            problem = opened ? QString() : QString::fromStdString(opened.error().message);
        });
        QTRY_COMPARE(problem, QString());
        const auto shown = desk.windows->openClusters();
        QCOMPARE(shown.size(), std::size_t{2});
        QCOMPARE(shown.back().name, QString("copy"));
        ui::MainWindow* const window = desk.windows->window(shown.back().id);
        QTRY_VERIFY(seesTopic(window, "orders"));
        const ui::ClusterFacts facts = desk.windows->backend(shown.back().id)->facts();
        QVERIFY(facts.isFolder && facts.isReadOnly && !facts.capabilities.has(Feature::kEdit));
        const auto drop = [&](const char* name) {
            QMimeData data;
            data.setUrls({QUrl::fromLocalFile(dir.filePath(name))});
            QDragEnterEvent enter(QPoint(20, 20), Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton,
                                  Qt::NoModifier);
            QVERIFY(QCoreApplication::sendEvent(window, &enter));
            QDropEvent event(QPointF(20, 20), Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
            QVERIFY(QCoreApplication::sendEvent(window, &event));
            QVERIFY(event.isAccepted());
            QCOMPARE(event.dropAction(), Qt::CopyAction);
        };
        drop("other");
        QTRY_COMPARE(desk.windows->openClusters().size(), std::size_t{3});
        drop("none");
        QTRY_VERIFY(isSaid(window, "holds no logs"));
        drop("copy");
        QTRY_COMPARE(desk.windows->openClusters().size(), std::size_t{3});
    }

private:
    QTemporaryDir m_dir;
    std::unique_ptr<ui::Theme> m_theme;
};

QTEST_MAIN(TstRemoteWindows)
#include "tst_remote_windows.moc"
