// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QPoint>

#include <QCheckBox>
#include <QClipboard>
#include <QLabel>
#include <QSpinBox>

#include "tests/support/fake_backend.h"
#include "ui/pages/settings/settings_page.h"
#include "ui/widgets/config_editor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/look_settings.h"

using namespace weir;
using namespace weir::ui;

class TstSettingsPage : public QObject {
    Q_OBJECT

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeBackend> m_backend;
    std::unique_ptr<SettingsPage> m_page;

    SegmentedControl* control(const char* name) {
        for (auto* c : m_page->findChildren<SegmentedControl*>()) {
            if (c->accessibleName() == QLatin1String(name)) {
                return c;
            }
        }
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp); }
    void init() {
        m_backend = test::FakeBackend::sampleCluster();
        m_page = std::make_unique<SettingsPage>(*m_backend);
        m_page->resize(1280, 800);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }
    void cleanup() {
        m_page.reset();
        m_backend.reset();
    }

    void theThemeIsRememberedAndShownWhenChangedElsewhere() {
        SegmentedControl* themes = control("Theme");
        QTest::mouseClick(themes, Qt::LeftButton, {}, QPoint(themes->width() - 8, themes->height() / 2));
        QCOMPARE(m_backend->settings().value(kSchemeKey, {}).toString(), nameOf(SchemeChoice::kHighContrast));
        m_backend->settings().setValue(kSchemeKey, nameOf(SchemeChoice::kLight));
        QCOMPARE(themes->current(), 1);
    }
    void densityAndMotionAreRemembered() {
        SegmentedControl* densities = control("Density");
        QTest::mouseClick(densities, Qt::LeftButton, {}, QPoint(densities->width() - 8, densities->height() / 2));
        QCOMPARE(m_backend->settings().value(kDensityKey, {}).toString(), nameOf(Density::kPresenter));
        QVERIFY(densities != nullptr);
        auto* box = m_page->findChild<QCheckBox*>();
        QVERIFY(box != nullptr);
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
        QVERIFY(m_backend->settings().value(kReduceMotionKey, {}).toBool());
    }
    void theSchemaRegistryIsSwitchedAndItsAddressCopied() {
        const auto boxes = m_page->findChildren<QCheckBox*>();
        const auto found = std::find_if(boxes.begin(), boxes.end(),
                                        [](const QCheckBox* box) { return box->text().startsWith("Serve it"); });
        QVERIFY(found != boxes.end());
        QCheckBox* box = *found;
        auto* port = m_page->findChild<QSpinBox*>();
        QVERIFY(port != nullptr);
        QTRY_VERIFY(box->isChecked());
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
        QTRY_VERIFY(m_backend->asked.has("listen -1"));
        QTRY_VERIFY(box->isEnabled() && !box->isChecked());
        port->setFocus();
        port->selectAll();
        QTest::keyClicks(port, "9191");
        QTest::keyClick(port, Qt::Key_Tab);
        QVERIFY(!m_backend->asked.has("listen 9191"));
        m_backend->asked.failNext("Port 9191 of this computer cannot be used.");
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
        const auto says = [this](const QString& words) {
            const auto labels = m_page->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                               [&](QLabel* l) { return l->isVisible() && l->text().contains(words); });
        };
        QTRY_VERIFY(says("Port 9191"));
        QTRY_VERIFY(box->isEnabled() && !box->isChecked());
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
        QTRY_VERIFY(says("http://127.0.0.1:9191"));
        for (auto* each : m_page->findChildren<CopyButton*>()) {
            if (each->accessibleName() == "Copy the registry's address") {
                QTest::mouseClick(each, Qt::LeftButton);
            }
        }
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("http://127.0.0.1:9191"));
    }
    void aBrokerSettingIsChangedThroughTheBackend() {
        auto* editor = m_page->findChild<ConfigEditor*>();
        const qsizetype asked = m_backend->asked.all().size();
        Q_EMIT editor->applyRequested({{"num.partitions", "3"}});
        QTRY_VERIFY(m_backend->asked.all().size() > asked);
    }
    void aRefusedChangeIsSaidInWords() {
        m_backend->asked.failNext("num.partitions must be at least 1.");
        Q_EMIT m_page->findChild<ConfigEditor*>()->applyRequested({{"num.partitions", "0"}});
        const auto says = [this] {
            const auto labels = m_page->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                               [](QLabel* l) { return l->isVisible() && l->text().contains("must be at least 1"); });
        };
        QTRY_VERIFY(says());
    }
};

QTEST_MAIN(TstSettingsPage)
#include "tst_settings_page.moc"
