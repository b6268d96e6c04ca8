// SPDX-License-Identifier: GPL-3.0-or-later
// The demo of the README, whole: Weir's own window with its broker, the stock feed started with the mouse, a group of a
// real client with a slow member, whose lag grows and drains, reset to ten minutes ago in the window, read again.
#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <map>

#include "app/application.h"
#include "ui/pages/clients/client_figures.h"
#include "ui/pages/groups/reset_panel.h"
#include "ui/pages/overview/stock_card.h"
#include "ui/shell/workspace.h"
#include "ui/theme/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/tiles.h"

using namespace weir;
using namespace weir::app;

namespace {

constexpr int kSkipped = 77;
constexpr int kPartitions = 6;
constexpr int kOldRecords = 90;
constexpr int kPatienceMs = 60'000;
const QString kTopic = QStringLiteral("stocks.trades");

template <class T>
T* textOf(QWidget& root, const QString& text) {
    for (T* each : root.findChildren<T*>()) {
        if (each->text() == text && each->isVisible()) {
            return each;
        }
    }
    return nullptr;
}

/// One process of a client, and what it said of the first record of each partition.
class Member {
public:
    Member(const QString& client, const QStringList& arguments) {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(
            QStringLiteral(WEIR_PYTHON),
            QStringList{QStringLiteral(WEIR_MEMBER), QStringLiteral("--client"), client, QStringLiteral("--work"),
                        QStringLiteral(WEIR_WORK), QStringLiteral("--native"), QStringLiteral(WEIR_NATIVE)} +
                arguments);
    }
    ~Member() { stop(); }

    /// Leaves the group as a client does that is told to end.
    void stop() {
        m_process.terminate();
        if (!m_process.waitForFinished(15'000)) {
            m_process.kill();
            m_process.waitForFinished();
        }
    }
    int waitForEnd() {
        m_process.waitForFinished(240'000);
        return m_process.exitCode();
    }
    struct First {
        qint64 offset = 0;
        qint64 timestamp = 0;
    };
    std::map<int, First>& firsts() {
        while (m_process.canReadLine()) {
            const QList<QByteArray> words = m_process.readLine().trimmed().split(' ');
            if (words.size() == 4 && words[0] == "FIRST") {
                m_firsts[words[1].toInt()] = {words[2].toLongLong(), words[3].toLongLong()};
            }
        }
        return m_firsts;
    }

private:
    QProcess m_process;
    std::map<int, First> m_firsts;
};

}  // namespace

class TstDemo : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aGroupFallsBehindCatchesUpAndReadsTenMinutesAgain_data();
    void aGroupFallsBehindCatchesUpAndReadsTenMinutesAgain();
    void aClientTellsItsOwnFiguresOnceItIsAsked_data();
    void aClientTellsItsOwnFiguresOnceItIsAsked();
    void cleanupTestCase() { m_application.reset(); }

private:
    void publishOldRecords();
    void startFeedByHand();
    void resetByHand();
    void chooseClient(const QString& clientId);
    [[nodiscard]] GroupState stateOf(const QString& group) const;
    [[nodiscard]] std::size_t membersOf(const QString& group) const;
    [[nodiscard]] qint64 lagOf(const QString& group) const { return m_application->backend().live().groupLag(group); }
    [[nodiscard]] std::map<int, qint64> commitsOf(const QString& group) const;

    QTemporaryDir m_folder;
    QString m_bootstrap;
    std::map<int, qint64> m_old;
    std::unique_ptr<Application> m_application;
};

GroupState TstDemo::stateOf(const QString& group) const {
    const GroupSnapshot* found = m_application->backend().live().current()->findGroup(group.toStdString());
    return found == nullptr ? GroupState::kUnknown : found->state;
}

std::size_t TstDemo::membersOf(const QString& group) const {
    const GroupSnapshot* found = m_application->backend().live().current()->findGroup(group.toStdString());
    return found == nullptr ? 0 : found->members.size();
}

std::map<int, qint64> TstDemo::commitsOf(const QString& group) const {
    std::map<int, qint64> offsets;
    if (const GroupSnapshot* found = m_application->backend().live().current()->findGroup(group.toStdString())) {
        for (const CommittedOffset& commit : found->offsets) {
            offsets[commit.partition.partition.value] = commit.offset.value;
        }
    }
    return offsets;
}

void TstDemo::initTestCase() {
    ApplicationOptions options;
    options.broker.dataFolder = m_folder.filePath(QStringLiteral("data")).toStdString();
    options.broker.listen = {{"127.0.0.1", 0}};
    options.broker.configs["group.initial.rebalance.delay.ms"] = "500";
    options.age.start();
    m_application = std::make_unique<Application>(std::move(options));
    m_application->window().resize(1280, 800);
    m_application->show();
    QTRY_VERIFY_WITH_TIMEOUT(!m_application->backend().facts().bootstrap.isEmpty(), 10'000);
    m_bootstrap = m_application->backend().facts().bootstrap;
    publishOldRecords();
    startFeedByHand();
}

/// Records of twenty minutes ago, so that "ten minutes ago" is a place in the middle of each partition.
void TstDemo::publishOldRecords() {
    NewTopic topic;
    topic.name = kTopic.toStdString();
    topic.partitions = kPartitions;
    bool isCreated = false;
    m_application->backend().topics().create(topic, this, [&](ClusterResult<void> done) { isCreated = done.ok(); });
    QTRY_VERIFY(isCreated);
    int published = 0;
    const qint64 longAgo = QDateTime::currentMSecsSinceEpoch() - 20 * 60'000;
    for (int i = 0; i < kOldRecords; ++i) {
        OutgoingRecord record;
        record.value = Bytes(5, std::byte{'1'});
        record.partition = PartitionId(i % kPartitions);
        record.timestamp = Timestamp(longAgo + i);
        m_application->backend().publisher().publish(kTopic, record, {}, this,
                                                     [&](const ClusterResult<PublishedRecord>& done) {
                                                         published += done.ok() ? 1 : 0;
                                                         m_old[done.value().partition.value] += 1;
                                                     });
    }
    QTRY_COMPARE(published, kOldRecords);
}

void TstDemo::startFeedByHand() {
    ui::NavigationTarget overview;
    m_application->window().go(overview);
    auto* card = m_application->window().findChild<ui::StockCard*>();
    QVERIFY(card != nullptr);
    QTRY_VERIFY(textOf<QAbstractButton>(*card, QStringLiteral("Start stock market feed")) != nullptr);
    QTest::mouseClick(textOf<QAbstractButton>(*card, QStringLiteral("Start stock market feed")), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_application->backend().live().topicRate(kTopic).recordsIn > 100, kPatienceMs);
}

void TstDemo::resetByHand() {
    QWidget& page = *m_application->window().workspace().currentPage();
    QTRY_VERIFY_WITH_TIMEOUT(textOf<QAbstractButton>(page, QStringLiteral("Reset offsets"))->isEnabled(), kPatienceMs);
    QTest::mouseClick(textOf<QAbstractButton>(page, QStringLiteral("Reset offsets")), Qt::LeftButton);
    auto* panel = page.findChild<ui::ResetPanel*>();
    QVERIFY(panel != nullptr);
    for (QComboBox* box : panel->findChildren<QComboBox*>()) {
        if (box->findText(QStringLiteral("By duration")) >= 0) {
            QTest::keyClicks(box, QStringLiteral("By"));
            QCOMPARE(box->currentText(), QStringLiteral("By duration"));
        }
    }
    const QString apply = QStringLiteral("Reset %1 partitions").arg(kPartitions);
    QTRY_VERIFY(textOf<QAbstractButton>(*panel, apply) != nullptr &&
                textOf<QAbstractButton>(*panel, apply)->isEnabled());
    QTest::mouseClick(textOf<QAbstractButton>(*panel, apply), Qt::LeftButton);
}

void TstDemo::aGroupFallsBehindCatchesUpAndReadsTenMinutesAgain_data() {
    QTest::addColumn<QString>("client");
    for (const char* client : {"kafkajs", "librdkafka", "java"}) {
        QTest::newRow(client) << QString::fromLatin1(client);
    }
}

void TstDemo::aGroupFallsBehindCatchesUpAndReadsTenMinutesAgain() {
    QFETCH(QString, client);
    if (Member(client, {QStringLiteral("--prepare")}).waitForEnd() == kSkipped) {
        QSKIP("this client cannot be had here");
    }
    const QString group = QStringLiteral("demo-") + client;
    const auto arguments = [&](int delayMs) {
        return QStringList{m_bootstrap, group, kTopic, QString::number(delayMs)};
    };
    ui::NavigationTarget page;
    page.kind = ui::PageKind::kGroup;
    page.subject = group;
    std::map<int, qint64> before;
    {
        Member fast(client, arguments(0));
        {
            const Member slow(client, arguments(100));
            QTRY_VERIFY_WITH_TIMEOUT(membersOf(group) == 2 && stateOf(group) == GroupState::kStable, kPatienceMs);
            m_application->window().go(page);
            // The slow one reads ten a second; its partitions get far more.
            const qint64 start = std::max<qint64>(lagOf(group), 0);
            QTRY_VERIFY_WITH_TIMEOUT(lagOf(group) > start + 500, kPatienceMs);
            const QString picture = QStringLiteral("demo-%1.png").arg(client);
            m_application->window().grab().save(QDir(QStringLiteral(WEIR_PICTURES)).filePath(picture));
        }
        // The slow one left: the other one takes over its partitions and catches up.
        QTRY_VERIFY_WITH_TIMEOUT(membersOf(group) == 1 && stateOf(group) == GroupState::kStable, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(lagOf(group) >= 0 && lagOf(group) < 400, kPatienceMs);
    }
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(group), GroupState::kEmpty, kPatienceMs);
    before = commitsOf(group);
    QCOMPARE(before.size(), std::size_t(kPartitions));
    resetByHand();
    QTRY_COMPARE_WITH_TIMEOUT(commitsOf(group), m_old, kPatienceMs);
    for (const auto& [partition, offset] : m_old) {
        QVERIFY(before[partition] > offset);
    }
    const qint64 tenMinutesAgo = QDateTime::currentMSecsSinceEpoch() - 11 * 60'000;
    Member again(client, arguments(0));
    QTRY_COMPARE_WITH_TIMEOUT(again.firsts().size(), std::size_t(kPartitions), kPatienceMs);
    for (const auto& [partition, first] : again.firsts()) {
        QCOMPARE(first.offset, m_old[partition]);
        QVERIFY(first.timestamp > tenMinutesAgo);
    }
    QTRY_VERIFY_WITH_TIMEOUT(lagOf(group) >= 0 && lagOf(group) < 400, kPatienceMs);
}

void TstDemo::chooseClient(const QString& clientId) {
    ui::NavigationTarget page;
    page.kind = ui::PageKind::kClients;
    m_application->window().go(page);
    auto* table = m_application->window().workspace().currentPage()->findChild<ui::DataTable*>();
    const auto rowOf = [&] {
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            if (table->model()->index(row, 0).data().toString() == clientId) {
                return row;
            }
        }
        return -1;
    };
    QTRY_VERIFY_WITH_TIMEOUT(rowOf() >= 0, kPatienceMs);
    table->setFocus();
    table->setCurrentIndex(table->model()->index(rowOf(), 0));
    QTest::keyClick(table, Qt::Key_Return);
}

void TstDemo::aClientTellsItsOwnFiguresOnceItIsAsked_data() {
    QTest::addColumn<QString>("client");
    QTest::addColumn<QString>("clientId");
    QTest::newRow("java") << "java"
                          << "java-fast";
    QTest::newRow("confluent-kafka") << "confluent-kafka"
                                     << "confluent-member";
}

// Client metrics (KIP-714), from the window's switch to the figures that a real client pushes.
void TstDemo::aClientTellsItsOwnFiguresOnceItIsAsked() {
    QFETCH(QString, client);
    QFETCH(QString, clientId);
    if (Member(client, {QStringLiteral("--prepare")}).waitForEnd() == kSkipped) {
        QSKIP("this client cannot be had here");
    }
    const QStringList arguments{m_bootstrap, QStringLiteral("told-") + client, kTopic, QStringLiteral("0")};
    QWidget& window = m_application->window();
    const auto press = [&](const QString& text) {
        auto* figures = window.findChild<ui::ClientFigures*>();
        QTRY_VERIFY(textOf<QAbstractButton>(*figures, text) != nullptr);
        QTest::mouseClick(textOf<QAbstractButton>(*figures, text), Qt::LeftButton);
    };
    {
        const Member unasked(client, arguments);
        chooseClient(clientId);
        press(QStringLiteral("Ask clients for their figures"));
        QTRY_VERIFY(textOf<QAbstractButton>(window, QStringLiteral("Stop asking clients")) != nullptr);
    }
    // Clients ask what is wanted when they connect, and then every five minutes.
    const Member asked(client, arguments);
    chooseClient(clientId);
    auto* figures = window.findChild<ui::ClientFigures*>();
    auto* list = figures->findChild<ui::KeyValueList*>();
    QTRY_VERIFY_WITH_TIMEOUT(!list->value(QStringLiteral("connection creation rate")).isEmpty(), kPatienceMs);
    window.grab().save(QDir(QStringLiteral(WEIR_PICTURES)).filePath(QStringLiteral("demo-told-%1.png").arg(client)));
    press(QStringLiteral("Stop asking clients"));
    QTRY_VERIFY(textOf<QAbstractButton>(window, QStringLiteral("Ask clients for their figures")) != nullptr);
}

int main(int argc, char** argv) {
    const QTemporaryDir home;
    // Fetching a client the first time takes longer than Qt Test waits for a function.
    qputenv("QTEST_FUNCTION_TIMEOUT", "600000");
    qputenv("XDG_CONFIG_HOME", home.filePath(QStringLiteral("config")).toUtf8());
    qputenv("XDG_DATA_HOME", home.filePath(QStringLiteral("data")).toUtf8());
    QApplication app(argc, argv);
    const ui::Theme theme(app);
    TstDemo test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_demo.moc"
