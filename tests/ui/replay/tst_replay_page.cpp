// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>

#include "tests/support/fake_backend.h"
#include "ui/pages/replay/replay_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/topic_field.h"

using namespace weir;
using namespace weir::ui;

class TstReplayPage : public QObject {
    Q_OBJECT

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeBackend> m_backend;
    std::unique_ptr<ReplayPage> m_page;

    template <class W>
    W* named(const char* name) {
        for (W* widget : m_page->findChildren<W*>()) {
            if (widget->accessibleName() == QLatin1String(name)) {
                return widget;
            }
        }
        return nullptr;
    }
    bool says(const QString& part) {
        const auto labels = m_page->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](QLabel* l) { return l->isVisible() && l->text().contains(part); });
    }
    void press(const char* text) {
        for (auto* button : m_page->findChildren<QPushButton*>()) {
            if (button->text() == QLatin1String(text) && button->isVisible()) {
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        QFAIL(text);
    }

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void init() {
        m_backend = test::FakeBackend::sampleCluster();
        m_backend->jobs().list.clear();
        m_page = std::make_unique<ReplayPage>(*m_backend);
        m_page->resize(1280, 800);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }
    void cleanup() {
        m_page.reset();
        m_backend.reset();
    }

    void withoutATopicNothingStartsAndTheReasonIsSaid() {
        press("Start replay");
        QVERIFY(says("Pick a topic to replay"));
        QVERIFY(m_backend->jobs().list.empty());
    }
    void theDryRunCountsAndAChangeForgetsIt() {
        named<TopicField>("Topic to replay")->setTopic("trades");
        named<TopicField>("Topic to write to")->setTopic("copy");
        m_backend->replayer().answer.records = 12345;
        m_backend->replayer().answer.warnings = {"copy has fewer partitions than trades."};
        press("Dry run");
        QTRY_VERIFY(says("fewer partitions"));
        QVERIFY(says("This would be written"));
        QTest::keyClicks(named<QLineEdit>("Partitions"), "0");
        QVERIFY(!says("fewer partitions"));
    }
    void nonsenseInAFieldIsNamed() {
        named<TopicField>("Topic to replay")->setTopic("trades");
        named<TopicField>("Topic to write to")->setTopic("copy");
        QTest::keyClicks(named<QLineEdit>("Partitions"), "1, x");
        press("Start replay");
        QVERIFY(says("“x” is no partition"));
        QVERIFY(!m_backend->replayer().last);
    }
    void whatIsSetArrivesAtTheReplayer() {
        ReplaySpec spec;
        spec.fromTopic = "trades";
        spec.toTopic = "copy";
        spec.partitions = {PartitionId(1), PartitionId(2)};
        spec.fromOffset = Offset(10);
        spec.untilOffset = Offset(20);
        spec.pace = ReplayPace::kOriginalTiming;
        spec.factor = 2.5;
        spec.keepPartitions = false;
        NavigationTarget target;
        target.replay = spec;
        m_page->open(target);
        QTest::keyClick(m_page.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(m_backend->replayer().last.has_value());
        const ReplaySpec& got = *m_backend->replayer().last;
        QCOMPARE(got.fromTopic, spec.fromTopic);
        QCOMPARE(got.toTopic, spec.toTopic);
        QVERIFY(got.partitions == spec.partitions);
        QVERIFY(got.fromOffset == spec.fromOffset && got.untilOffset == spec.untilOffset);
        QVERIFY(got.pace == spec.pace);
        QCOMPARE(got.factor, 2.5);
        QVERIFY(!got.keepPartitions);
    }
    void anotherClusterIsChosenUnlessItCannotBeWrittenTo() {
        m_backend->replayer().others = {{"p", "Production", "Production is open for reading only."},
                                        {"s", "Staging", {}}};
        Q_EMIT m_backend->live().changed();
        auto* const target = named<QComboBox>("Cluster to write to");
        QCOMPARE(target->count(), 3);
        named<TopicField>("Topic to replay")->setTopic("trades");
        named<TopicField>("Topic to write to")->setTopic("copy");
        target->setCurrentIndex(1);
        QVERIFY(says("open for reading only"));
        press("Start replay");
        QVERIFY(!m_backend->replayer().last);
        target->setCurrentIndex(2);
        QVERIFY(!says("open for reading only"));
        named<QLineEdit>("Fields to mask")->setText("value.email, , headers.auth");
        press("Start replay");
        QVERIFY(m_backend->replayer().last.has_value());
        QCOMPARE(m_backend->replayer().last->toCluster, QString("s"));
        QCOMPARE(m_backend->replayer().last->maskedFields, (QStringList{"value.email", "headers.auth"}));
        // One that was closed leaves the choice to the cluster itself.
        m_backend->replayer().others.clear();
        Q_EMIT m_backend->live().changed();
        QCOMPARE(target->count(), 1);
    }
    void whatWasStoppedCanGoOn() {
        const auto goesOn = [this] {
            const auto buttons = m_page->findChildren<QPushButton*>();
            return std::any_of(buttons.begin(), buttons.end(),
                               [](QPushButton* each) { return each->text() == "Go on" && each->isVisible(); });
        };
        const auto isSent = [this](const char* words) {
            const auto lines = m_page->findChildren<ElidedLabel*>();
            return std::any_of(lines.begin(), lines.end(), [words](const ElidedLabel* each) {
                return each->text().startsWith(QString::fromUtf8(words)) && each->isVisible();
            });
        };
        QVERIFY(!goesOn());
        m_backend->replayer().left = {{"1", "Replay trades to copy", 12'345, Timestamp(1'700'000'000'000), {}},
                                      {"2", "Replay a to b in C", 1, Timestamp(1), "Open the cluster first."}};
        Q_EMIT m_backend->live().changed();
        QVERIFY(goesOn());
        QVERIFY(isSent("12,345 sent · ") && says("Open the cluster first."));
        press("Go on");
        QVERIFY(m_backend->asked.has("goOn 1"));
        QTRY_VERIFY(goesOn() && !isSent("12,345 sent"));
        press("Go on");
        QVERIFY(!m_backend->asked.has("goOn 2"));
        press("Forget");
        QTRY_VERIFY(m_backend->replayer().left.empty() && !goesOn());
    }
    void anEndlessLoopIntoItselfIsRefused() {
        ReplaySpec spec;
        spec.fromTopic = "trades";
        spec.toTopic = "trades";
        spec.loop = true;
        NavigationTarget target;
        target.replay = spec;
        m_page->open(target);
        press("Start replay");
        QVERIFY(says("never see its end"));
        QVERIFY(!m_backend->replayer().last);
    }
};

QTEST_MAIN(TstReplayPage)
#include "tst_replay_page.moc"
