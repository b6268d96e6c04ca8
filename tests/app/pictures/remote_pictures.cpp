// SPDX-License-Identifier: GPL-3.0-or-later
// Writes pictures of what belongs to other clusters, with real ones behind them: the panel of a connection and what its
// test says, dialogs, a read-only window, a folder of logs. weir_remote_pictures <folder> [part of a name]
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTemporaryDir>
#include <functional>

#include "app/connections/keychain_store.h"
#include "app/remote_windows.h"
#include "app/settings/app_settings.h"
#include "tests/app/support/remote_fixture.h"
#include "tests/app/support/suite_cluster.h"
#include "tests/app/support/suite_records.h"
#include "tests/ui/screenshots/photographer.h"
#include "ui/pages/connections/connection_panel.h"
#include "ui/pages/connections/secrets_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/workspace.h"

using namespace weir;
using namespace weir::app;

namespace {

ui::NavigationTarget to(ui::PageKind kind, const QString& subject = {}, const QString& section = {}) {
    ui::NavigationTarget target;
    target.kind = kind;
    target.subject = subject;
    target.section = section;
    return target;
}

/// Three clusters and a folder, each as a person would have opened it.
class Scene {
public:
    Scene()
        : m_shop(test::Door::kPlain),
          m_away(test::Door::kPlain, {{"advertised.listeners", "PLAINTEXT://kafka.internal:9092"}}) {
        m_looks.setValue(QStringLiteral("shell/welcomed"), true);
        for (const char* const topic : {"orders", "orders.retry", "payments", "stock.levels"}) {
            test::createTopic(*m_shop.cluster, topic, 3);
            if (!test::whyNotPublished(*m_shop.cluster, topic, test::someRecords(300, 7, 3)).isEmpty()) {
                qFatal("nothing can be published");
            }
        }
        if (!m_shop.cluster->alterGroupOffsets("billing", {{{"orders", PartitionId(0)}, Offset(20)}})) {
            qFatal("no group");
        }
        ui::ConnectionProfile shop = profile(QStringLiteral("Shop, read-only"), m_shop);
        shop.isReadOnly = true;
        readOnly = m_windows.save(shop, {});
        ui::ConnectionProfile production = profile(QStringLiteral("Production"), m_shop);
        production.isProduction = true;
        production.color = 3;
        locked = m_windows.save(production, {});
        ui::ConnectionProfile cloud;
        cloud.name = QStringLiteral("Cloud");
        cloud.bootstrap = QStringLiteral("kafka-1.eu.example.com:9093, kafka-2.eu.example.com:9093");
        cloud.usesTls = true;
        cloud.mechanism = QStringLiteral("SCRAM-SHA-512");
        cloud.user = QStringLiteral("reporting");
        cloud.color = 5;
        m_windows.save(cloud, {});
        m_windows.open(readOnly);
        m_windows.open(locked);
        openFolder();
    }

    ui::MainWindow* windowOf(const QString& id) { return m_windows.window(id); }
    ui::MainWindow* folderWindow() { return m_windows.window(m_windows.openClusters().back().id); }
    RemoteWindows& windows() { return m_windows; }
    QString address() const { return addressOf(m_shop); }
    QString addressAway() const { return addressOf(m_away); }

    QString readOnly;
    QString locked;

private:
    static QString addressOf(const test::RemoteFixture& f) {
        return QString::fromStdString(textOf(f.options().bootstrap.front()));
    }
    static ui::ConnectionProfile profile(const QString& name, const test::RemoteFixture& f) {
        ui::ConnectionProfile made;
        made.name = name;
        made.bootstrap = addressOf(f);
        return made;
    }
    // What Apache Kafka wrote, with its last file cut off.
    void openFolder() {
        QProcess tar;
        tar.start(QStringLiteral("tar"),
                  {QStringLiteral("xzf"), QStringLiteral(WEIR_SAMPLE), QStringLiteral("-C"), m_dir.path()});
        tar.waitForFinished();
        QString logs = m_dir.path();
        const QStringList inside = QDir(logs).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        if (inside.size() == 1) {
            logs += '/' + inside.front();
        }
        QFile log(logs + QStringLiteral("/plain-0/00000000000000000000.log"));
        if (!log.resize(log.size() - 100)) {
            qFatal("the sample has no plain-0");
        }
        m_windows.openFolder(logs, &m_context, [](const ClusterResult<void>& opened) {
            if (!opened) {
                qFatal("%s", opened.error().message.c_str());
            }
        });
    }

    AppSettings m_looks{{}, [](const QVariantMap&) {}};
    QTemporaryDir m_dir;
    ProfileStore m_known{m_dir.filePath("connections.ini")};
    KeychainStore m_secrets;
    SystemClock m_clock;
    SeededRandom m_random{1};
    test::RemoteFixture m_shop;
    test::RemoteFixture m_away;
    QObject m_context;
    RemoteWindows m_windows{RemoteWindows::Surroundings{m_looks, m_known, m_secrets, m_clock, m_random},
                            RemoteWindows::Home{QStringLiteral("This computer"), [] {}}};
};

/// The panel of a connection, opened, filled in and scrolled by the buttons and fields that a person uses.
class PanelShot {
public:
    PanelShot(ui::MainWindow& window, const QString& properties) : m_window(window) {
        window.go(to(ui::PageKind::kConnections));
        for (auto* const old : window.findChildren<ui::ConnectionPanel*>()) {
            old->hide();
            delete old;
        }
        for (auto* const button : window.findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Connect to a cluster") && button->isVisible()) {
                button->click();
                break;
            }
        }
        if (!properties.isEmpty()) {
            panel()->findChild<QPlainTextEdit*>()->setPlainText(properties);
        }
    }
    void test() const {
        for (auto* const button : panel()->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Test")) {
                button->click();
            }
        }
    }
    /// 0 is the upper end, 1 the lower one.
    void scroll(double part) const {
        QScrollBar* const bar = panel()->findChild<QScrollArea*>()->verticalScrollBar();
        // Once everything has found its height.
        QTimer::singleShot(150, bar, [bar, part] { bar->setValue(static_cast<int>(bar->maximum() * part)); });
    }

private:
    ui::ConnectionPanel* panel() const { return m_window.findChildren<ui::ConnectionPanel*>().back(); }
    ui::MainWindow& m_window;
};

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    ui::Theme theme(app);
    const QStringList arguments = QApplication::arguments();
    QDir folder(arguments.value(1, QStringLiteral("pictures")));
    folder.mkpath(QStringLiteral("."));
    ui::test::Photographer camera(theme, folder, arguments.value(2));
    Scene scene;

    for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
        for (const auto& [choice, look] :
             {std::pair(ui::SchemeChoice::kDark, "dark"), std::pair(ui::SchemeChoice::kLight, "light")}) {
            const QString suffix = QStringLiteral("-%1-%2").arg(QLatin1String(look)).arg(size.width());
            const auto add = [&, choice = choice](const char* name, std::function<QWidget*()> prepare) {
                camera.add(QLatin1String(name) + suffix, [&camera, choice, prepare = std::move(prepare)] {
                    camera.setLook(choice);
                    return prepare();
                });
            };
            const auto page = [&](const char* name, std::function<ui::MainWindow*()> window,
                                  const ui::NavigationTarget& target) {
                add(name, [size, target, window = std::move(window)]() -> QWidget* {
                    window()->resize(size);
                    window()->go(target);
                    return window();
                });
            };
            const auto panel = [&](const char* name, const QString& properties, double scrolled, bool isTested) {
                add(name, [&scene, size, properties, scrolled, isTested]() -> QWidget* {
                    ui::MainWindow* const window = scene.windowOf(scene.readOnly);
                    window->resize(size);
                    const PanelShot shot(*window, properties);
                    if (isTested) {
                        shot.test();
                    } else {
                        shot.scroll(scrolled);
                    }
                    return window;
                });
            };
            const auto shop = [&scene] { return scene.windowOf(scene.readOnly); };
            const auto logs = [&scene] { return scene.folderWindow(); };
            page("connections", shop, to(ui::PageKind::kConnections));
            panel("panel-empty", {}, 0, false);
            panel("panel-empty-end", {}, 1, false);
            const QString store = QStringLiteral(
                "bootstrap.servers=kafka-1.example.com:9093\nsecurity.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\n"
                "ssl.truststore.location=/home/anne/keys/company-truststore.jks\nssl.truststore.password=x\n"
                "sasl.oauthbearer.token.endpoint.url=https://login.example.com/oauth2/token\n"
                "sasl.jaas.config=x.OAuthBearerLoginModule required clientId=\"reporting\" clientSecret=\"x\" "
                "scope=\"kafka\";");
            panel("panel-token-store", store, 0.35, false);
            panel("panel-token-fields", store, 0.75, false);
            panel("panel-pem",
                  QStringLiteral("bootstrap.servers=h:9093\nsecurity.protocol=SSL\n"
                                 "ssl.truststore.type=PEM\nssl.truststore.location=/etc/ca.pem\n"
                                 "ssl.keystore.type=PEM\nssl.keystore.location=/etc/me.pem\n"),
                  0.4, false);
            panel("panel-test-works", scene.address(), 1, true);
            panel("panel-test-advertised", scene.addressAway(), 1, true);
            panel("panel-test-closed", QStringLiteral("127.0.0.1:1"), 1, true);
            for (const auto& [name, kind] : {std::pair("readonly-overview", ui::PageKind::kOverview),
                                             std::pair("readonly-topics", ui::PageKind::kTopics),
                                             std::pair("readonly-groups", ui::PageKind::kGroups),
                                             std::pair("readonly-publish", ui::PageKind::kPublish),
                                             std::pair("readonly-replay", ui::PageKind::kReplay),
                                             std::pair("readonly-access", ui::PageKind::kAccess),
                                             std::pair("readonly-transactions", ui::PageKind::kTransactions)}) {
                page(name, shop, to(kind));
            }
            page("readonly-topic", shop, to(ui::PageKind::kTopic, QStringLiteral("orders")));
            page("readonly-config", shop, to(ui::PageKind::kTopic, QStringLiteral("orders"), QStringLiteral("config")));
            page("readonly-group", shop, to(ui::PageKind::kGroup, QStringLiteral("billing")));
            page(
                "locked-topics", [&scene] { return scene.windowOf(scene.locked); }, to(ui::PageKind::kTopics));
            for (const auto& [name, kind] :
                 {std::pair("folder-overview", ui::PageKind::kOverview),
                  std::pair("folder-topics", ui::PageKind::kTopics), std::pair("folder-groups", ui::PageKind::kGroups),
                  std::pair("folder-transactions", ui::PageKind::kTransactions)}) {
                page(name, logs, to(kind));
            }
            page("folder-topic", logs, to(ui::PageKind::kTopic, QStringLiteral("plain")));
            page("folder-storage", logs, to(ui::PageKind::kTopic, QStringLiteral("plain"), QStringLiteral("storage")));
            add("secrets", [&scene]() -> QWidget* {
                auto* const dialog = new ui::SecretsDialog(scene.windows().profiles().back(),
                                                           QStringLiteral("The login of user reporting was refused."));
                dialog->setAttribute(Qt::WA_DeleteOnClose);
                dialog->show();
                QTimer::singleShot(400, dialog, &QWidget::close);
                return dialog;
            });
        }
    }
    // The first samples of all clusters are there by then.
    QTimer::singleShot(2000, &camera, [&camera] { camera.start(); });
    return QApplication::exec();
}
