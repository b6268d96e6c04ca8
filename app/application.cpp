// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"

#include <QApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QProcess>
#include <cstdio>

#include "app/cluster/embedded_cluster.h"
#include "app/cluster/remote/remote_cluster.h"
#include "app/screenshots.h"
#include "app/settings/folders.h"
#include "app/settings/settings_file.h"
#include "ui/shell/page_registry.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/look_settings.h"

namespace weir::app {

namespace {

// Another cluster's window has tabs and a place of its own.
QString settingsPath(const QString& connectTo) {
    return standardFolders().config +
           (connectTo.isEmpty() ? QStringLiteral("/weir.ini") : QStringLiteral("/remote.ini"));
}

// A name for a data folder among the files of the configuration.
QString shortNameOf(const QString& dataFolder) {
    return QString::fromLatin1(QCryptographicHash::hash(dataFolder.toUtf8(), QCryptographicHash::Sha1).toHex().left(8));
}

// One history a data folder: two brokers must not draw into one chart.
QString historyPath(const QString& dataFolder) {
    return standardFolders().config + QStringLiteral("/history-%1.db").arg(shortNameOf(dataFolder));
}

QString expectedBootstrap(const api::BrokerOptions& options) {
    if (options.listen.empty() || options.listen.front().port == 0) {
        return {};
    }
    const api::ListenAddress& first = options.listen.front();
    const bool isLoopback = first.host == "127.0.0.1" || first.host == "::1";
    return QStringLiteral("%1:%2")
        .arg(isLoopback ? QStringLiteral("localhost") : QString::fromStdString(first.host))
        .arg(first.port);
}

}  // namespace

Application::Application(ApplicationOptions options) : m_options(std::move(options)) {
    const bool isHome = m_options.connectTo.isEmpty();
    m_cluster = std::make_shared<LateCluster>(isHome ? "This computer" : m_options.connectTo.toStdString());
    isHome ? startBroker() : connectRemote();

    const QString path = settingsPath(m_options.connectTo);
    LoadedSettings loaded = loadSettings(path);
    if (!loaded.notice.isEmpty()) {
        std::fprintf(stderr, "weir: %s\n", qPrintable(loaded.notice));
    }
    m_settings = std::make_unique<AppSettings>(std::move(loaded.values), [this, path](const QVariantMap& values) {
        if (m_backend != nullptr) {
            m_backend->post([path, values] { saveSettings(path, values); });
        }
    });
    if (!isHome) {
        // The welcome is about our own broker.
        m_settings->setValue(QStringLiteral("shell/welcomed"), true);
    }
    BackendOptions backend;
    backend.isEmbedded = isHome;
    backend.version = QStringLiteral(WEIR_VERSION);
    backend.dataFolder = isHome ? QString::fromStdString(m_options.broker.dataFolder) : QString();
    backend.expectedBootstrap = isHome ? expectedBootstrap(m_options.broker) : m_options.connectTo;
    backend.historyPath = historyPath(isHome ? backend.dataFolder : m_options.connectTo);
    m_backend = std::make_unique<AppBackend>(m_cluster, *m_settings, m_clock, m_random, backend);
    ui::followLookSettings(ui::Theme::of(), *m_settings);
    if (!m_options.theme.isEmpty()) {
        // For this run only: the command line is no choice to remember.
        ui::Theme::of().setChoice(ui::schemeChoiceOf(m_options.theme));
    }
    m_window = std::make_unique<ui::MainWindow>(*m_backend, ui::allPages());
    m_window->installEventFilter(this);
}

Application::~Application() {
    // A start that is still under way is waited for: the backend's workers wait for its outcome.
    if (m_starter.joinable()) {
        m_starter.join();
    }
    if (m_remote != nullptr) {
        // So that no worker waits for an answer.
        m_remote->stop();
    }
    m_window.reset();
    m_backend.reset();
    // What a worker was still to write is dropped with it, so the last word is written here.
    saveSettings(settingsPath(m_options.connectTo), m_settings->values());
    if (m_broker != nullptr) {
        m_broker->stop();
    }
}

QString Application::meetingPoint(const QString& dataFolder) {
    // The same folder under two names is one folder.
    const QString real = QFileInfo(dataFolder).canonicalFilePath();
    return standardFolders().config +
           QStringLiteral("/window-%1").arg(shortNameOf(real.isEmpty() ? QDir::cleanPath(dataFolder) : real));
}

void Application::show() {
    m_window->show();
}

void Application::raise() {
    m_window->setWindowState(m_window->windowState() & ~Qt::WindowMinimized);
    m_window->show();
    m_window->raise();
    m_window->activateWindow();
}

bool Application::eventFilter(QObject* watched, QEvent* event) {
    if (!m_wasPainted && watched == m_window.get() && event->type() == QEvent::Paint) {
        m_wasPainted = true;
        if (m_options.reportsStart) {
            const auto ms = static_cast<long long>(m_options.age.elapsed());
            std::printf("window painted %lld ms after start\n", ms);
            std::fflush(stdout);
        }
    }
    return QObject::eventFilter(watched, event);
}

void Application::startBroker() {
    if (m_starter.joinable()) {
        m_starter.join();
    }
    m_starter = std::thread([this, options = m_options.broker] {
        auto started = api::Broker::start(options);
        if (started) {
            m_broker = std::shared_ptr<api::Broker>(*std::move(started));
            m_cluster->attach(std::make_shared<EmbeddedCluster>(m_broker));
            QMetaObject::invokeMethod(this, &Application::onStarted, Qt::QueuedConnection);
            return;
        }
        m_cluster->fail({ClusterErrc::kUnreachable, 0, started.error().message});
        QMetaObject::invokeMethod(
            this, [this, error = started.error()] { onFailed(error); }, Qt::QueuedConnection);
    });
}

void Application::connectRemote() {
    RemoteOptions options;
    options.name = m_options.connectTo.toStdString();
    options.bootstrap = parseBootstrap(options.name);
    m_remote = std::make_shared<RemoteCluster>(std::move(options), m_clock);
    m_cluster->attach(m_remote);
}

void Application::onStarted() {
    m_backend->attachTelemetry(std::dynamic_pointer_cast<api::ClientTelemetry>(m_broker));
    std::printf("listening on %s\n", m_broker->bootstrap().c_str());
    if (const std::string url = m_broker->schemas().url(); !url.empty()) {
        std::printf("schema registry on %s\n", url.c_str());
    }
    std::fflush(stdout);
    if (!m_options.demo.isEmpty()) {
        startDemo();
    }
    if (!m_options.screenshotFolder.isEmpty()) {
        auto* const pictures = new Screenshots(*m_window, m_options.screenshotFolder, this);
        connect(pictures, &Screenshots::finished, qApp, &QApplication::quit);
        pictures->start();
    }
}

void Application::startDemo() {
    ui::FeedOptions feed;
    feed.rate = m_options.demoRate;
    m_backend->feeds().start(m_options.demo, feed, this, [this](ClusterResult<ui::JobId> started) {
        if (!started) {
            m_window->announce(ui::Mood::kError, QString::fromStdString(started.error().message), tr("Close"),
                               [this] { m_window->retract(); });
        }
    });
}

void Application::onFailed(const api::StartError& error) {
    const QString sentence = QString::fromStdString(error.message);
    std::fprintf(stderr, "weir: %s\n", error.message.c_str());
    if (error.code == api::StartErrc::kPortBusy && error.freePort != 0) {
        m_window->announce(ui::Mood::kWarning,
                           tr("%1 Weir can serve port %2 instead.").arg(sentence).arg(error.freePort),
                           tr("Use port %1").arg(error.freePort), [this, port = error.freePort] { retryOnPort(port); });
        return;
    }
    if (error.code == api::StartErrc::kFolderInUse) {
        offerOtherFolder(sentence);
        return;
    }
    m_window->announce(ui::Mood::kError, sentence, tr("Quit"), [] { QApplication::quit(); });
}

// Two brokers must not write one folder, so this window has nothing to show until the other ends.
void Application::offerOtherFolder(const QString& sentence) {
    auto* const instead = new ui::EmptyState(QStringLiteral("folder"), sentence);
    instead->setDetail(
        tr("A folder belongs to one broker at a time. Clients reach the one that runs as before; this window cannot "
           "show what is inside it. End it and try again, or open Weir with another folder beside it."));
    const auto step = [this, instead](const QString& text, auto run) {
        auto* const action = new QAction(text, instead);
        connect(action, &QAction::triggered, this, run);
        instead->addStep(action);
    };
    step(tr("Try again"), [this] { retry(); });
    step(tr("Use another folder…"), [this] {
        auto* const dialog = new QFileDialog(m_window.get(), tr("A folder for this broker's data"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        connect(dialog, &QFileDialog::fileSelected, this, &Application::startOver);
        dialog->open();
    });
    step(tr("Quit"), [] { QApplication::quit(); });
    m_window->standAside(instead);
}

void Application::retry() {
    m_window->standAside(nullptr);
    m_window->retract();
    m_cluster->expect();
    startBroker();
}

// Settings, history and the meeting of windows go by the folder: a new process is the simplest way to be right.
void Application::startOver(const QString& dataFolder) {
    QStringList arguments = QApplication::arguments().mid(1);
    for (qsizetype i = 0; i < arguments.size();) {
        const bool isPair = arguments.at(i) == QLatin1String("--data");
        const bool isOne = arguments.at(i).startsWith(QLatin1String("--data="));
        arguments.remove(i, isPair ? std::min<qsizetype>(2, arguments.size() - i) : isOne ? 1 : 0);
        i += isPair || isOne ? 0 : 1;
    }
    arguments << QStringLiteral("--data") << dataFolder;
    if (QProcess::startDetached(QApplication::applicationFilePath(), arguments)) {
        QApplication::quit();
    }
}

void Application::retryOnPort(std::uint16_t port) {
    for (api::ListenAddress& address : m_options.broker.listen) {
        address.port = port;
    }
    m_window->retract();
    m_cluster->expect();
    startBroker();
}

}  // namespace weir::app
