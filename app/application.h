// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <memory>
#include <thread>

#include "app/bridge/app_backend.h"
#include "app/cluster/late_cluster.h"
#include "app/connections/keychain_store.h"
#include "app/remote_windows.h"
#include "app/settings/app_settings.h"
#include "broker/api/broker.h"
#include "ui/shell/main_window.h"

namespace weir::app {

struct ApplicationOptions {
    api::BrokerOptions broker;
    /// Id of a feed to start; empty: none.
    QString demo;
    /// Another cluster to show instead of a broker of our own: the name of a connection, a properties file or
    /// addresses; empty: none.
    QString connectTo;
    /// A folder of log files to show instead; empty: none.
    QString openLogs;
    double demoRate = 1000;
    /// Pictures of every page are written here, then Weir ends; empty: no pictures.
    QString screenshotFolder;
    /// "dark" or "light"; empty: as remembered.
    QString theme;
    /// Tells on standard output when the window was painted.
    bool reportsStart = false;
    /// Since the process began.
    QElapsedTimer age;

    /// With a broker of our own.
    [[nodiscard]] bool isHome() const { return connectTo.isEmpty() && openLogs.isEmpty(); }
};

/// Weir as a whole: the broker, the backend and the window. The window is made at once while the broker starts on a
/// thread beside it, and asks it from the first moment; answers come when it is there. Stops in reverse: the window,
/// then what works for it, then the broker. GUI thread.
class Application final : public QObject {
    Q_OBJECT

public:
    explicit Application(ApplicationOptions options);
    ~Application() override;

    /// Where the windows of one data folder meet (SingleWindow).
    [[nodiscard]] static QString meetingPoint(const QString& dataFolder);

    /// Shows the window; from then on events drive everything.
    void show();
    /// In front of others, also when it was minimised.
    void raise();
    /// As if the person had closed the window, so that the session is remembered.
    void close();
    /// Not with ApplicationOptions::connectTo or openLogs: then there are other clusters' windows only.
    [[nodiscard]] ui::MainWindow& window() { return *m_window; }
    [[nodiscard]] AppBackend& backend() { return *m_backend; }
    [[nodiscard]] RemoteWindows& remotes() { return *m_remotes; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeHome();
    void makeRemotes();
    void showRemote();
    void showFolder();
    void takePictures(ui::MainWindow& window);
    void startBroker();
    void onStarted();
    void onFailed(const api::StartError& error);
    void retryOnPort(std::uint16_t port);
    void offerOtherFolder(const QString& sentence, const QString& runningAt);
    void lookInto(const QString& address);
    void retry();
    void startOver(const QString& dataFolder);
    void startDemo();

    ApplicationOptions m_options;
    SystemClock m_clock;
    SystemRandom m_random;
    std::unique_ptr<AppSettings> m_settings;
    std::shared_ptr<LateCluster> m_cluster;
    KeychainStore m_secrets;
    std::unique_ptr<ProfileStore> m_known;
    std::unique_ptr<RemoteWindows> m_remotes;
    std::unique_ptr<AppBackend> m_backend;
    std::unique_ptr<ui::MainWindow> m_window;
    std::thread m_starter;
    std::shared_ptr<api::Broker> m_broker;
    bool m_wasPainted = false;
};

}  // namespace weir::app
