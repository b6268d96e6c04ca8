// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <QPushButton>
#include <QSpinBox>

#include "tests/support/fake_backend.h"
#include "ui/pages/feeds/feed_card.h"
#include "ui/pages/feeds/feeds_page.h"
#include "ui/theme/theme.h"

using namespace weir;
using namespace weir::ui;

class TstFeedsPage : public QObject {
    Q_OBJECT

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeBackend> m_backend;
    std::unique_ptr<FeedsPage> m_page;

    FeedCard* card() { return m_page->findChildren<FeedCard*>().value(0); }
    QPushButton* button(const QString& start) {
        for (auto* b : card()->findChildren<QPushButton*>()) {
            if (b->text().startsWith(start)) {
                return b;
            }
        }
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void init() {
        m_backend = test::FakeBackend::sampleCluster();
        m_page = std::make_unique<FeedsPage>(*m_backend);
        m_page->resize(1280, 800);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
        QVERIFY(card() != nullptr);
        m_backend->feeds().running.clear();
        Q_EMIT m_backend->feeds().changed();
    }
    void cleanup() {
        m_page.reset();
        m_backend.reset();
    }

    void startAndStopAreOneButton() {
        const QString id = card()->feed().id;
        QTest::mouseClick(button("Start"), Qt::LeftButton);
        QTRY_VERIFY(m_backend->feeds().running.contains(id));
        QTRY_VERIFY(button("Stop") != nullptr && button("Stop")->isEnabled());
        QTest::mouseClick(button("Stop"), Qt::LeftButton);
        QTRY_VERIFY(!m_backend->feeds().running.contains(id));
        QTRY_VERIFY(button("Start") != nullptr);
    }
    void theRateCanBeTurnedWhileItRuns() {
        const QString id = card()->feed().id;
        QTest::mouseClick(button("Start"), Qt::LeftButton);
        QTRY_VERIFY(m_backend->feeds().running.contains(id));
        auto* box = card()->findChild<QSpinBox*>();
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, "250");
        QTest::keyClick(box, Qt::Key_Return);
        QTRY_COMPARE(m_backend->feeds().running.value(id), 250.0);
    }
    void aFeedThatCannotStartSaysWhy() {
        m_backend->asked.failNext("The broker is stopping.");
        QTest::mouseClick(button("Start"), Qt::LeftButton);
        const auto says = [this] {
            const auto labels = m_page->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                               [](QLabel* l) { return l->text().contains("The broker is stopping."); });
        };
        QTRY_VERIFY(says());
        QVERIFY(button("Start")->isEnabled());
    }
};

QTEST_MAIN(TstFeedsPage)
#include "tst_feeds_page.moc"
