// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"

#include <QApplication>
#include <QDir>
#include <QEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QProcess>
#include <cstdio>

#include "app/cluster/embedded_cluster.h"
#include "app/screenshots.h"
#include "app/settings/folders.h"
#include "app/settings/settings_file.h"
#include "ui/shell/page_registry.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/look_settings.h"

namespace weir::app {

namespace {

// Another cluster's window has tabs and a place of its own.
QString settingsPath(bool isHome) {
    return standardFolders().config + (isHome ? QStringLiteral("/weir.ini") : QStringLiteral("/remote.ini"));
}

QString connectionsPath() {
    return standardFolders().config + QStringLiteral("/connections.ini");
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
    const bool isHome = m_options.isHome();
    if (isHome) {
        m_cluster = std::make_shared<LateCluster>("This computer");
        startBroker();
    }

    const QString path = settingsPath(isHome);
    LoadedSettings loaded = loadSettings(path);
    if (!loaded.notice.isEmpty()) {
        std::fprintf(stderr, "weir: %s\n", qPrintable(loaded.notice));
    }
    m_settings = std::make_unique<AppSettings>(std::move(loaded.values), [this, path](const QVariantMap& values) {
        if (m_remotes != nullptr) {
            m_remotes->post([path, values] { saveSettings(path, values); });
        }
    });
    ui::followLookSettings(ui::Theme::of(), *m_settings);
    if (!m_options.theme.isEmpty()) {
        // For this run only: the command line is no choice to remember.
        ui::Theme::of().setChoice(ui::schemeChoiceOf(m_options.theme));
    }
    makeRemotes();
    if (isHome) {
        makeHome();
    }
}

void Application::makeRemotes() {
    m_known = std::make_unique<ProfileStore>(connectionsPath());
    RemoteWindows::Home home;
    if (m_options.isHome()) {
        home = {tr("This computer"), [this] { raise(); }, m_cluster};
    }
    m_remotes = std::make_unique<RemoteWindows>(
        RemoteWindows::Surroundings{*m_settings, *m_known, m_secrets, m_clock, m_random}, std::move(home));
}

void Application::makeHome() {
    BackendOptions backend;
    backend.version = QStringLiteral(WEIR_VERSION);
    backend.dataFolder = QString::fromStdString(m_options.broker.dataFolder);
    backend.expectedBootstrap = expectedBootstrap(m_options.broker);
    backend.historyPath = historyFile(backend.dataFolder);
    backend.connections = m_remotes.get();
    backend.others = m_remotes.get();
    backend.replaysPath = replaysFile();
    m_backend = std::make_unique<AppBackend>(m_cluster, *m_settings, m_clock, m_random, backend);
    m_window = std::make_unique<ui::MainWindow>(*m_backend, ui::allPages());
    m_window->installEventFilter(this);
}

Application::~Application() {
    // A start that is still under way is waited for: the backend's workers wait for its outcome.
    if (m_starter.joinable()) {
        m_starter.join();
    }
    m_window.reset();
    m_backend.reset();
    m_remotes.reset();
    m_known.reset();
    // What a worker was still to write is dropped with it, so the last word is written here.
    saveSettings(settingsPath(m_options.isHome()), m_settings->values());
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
    if (m_window != nullptr) {
        m_window->show();
        return;
    }
    if (m_options.openLogs.isEmpty()) {
        showRemote();
    } else {
        showFolder();
    }
}

void Application::showFolder() {
    m_remotes->openFolder(m_options.openLogs, this, [this](const ClusterResult<void>& opened) {
        if (!opened) {
            std::fprintf(stderr, "weir: %s\n", opened.error().message.c_str());
            QApplication::exit(1);
            return;
        }
        const auto shown = m_remotes->openClusters();
        if (!m_options.screenshotFolder.isEmpty()) {
            takePictures(*m_remotes->window(shown.back().id));
        }
    });
}

// The name of a connection that is remembered, a client's properties file, or addresses.
void Application::showRemote() {
    ui::ConnectionProfile profile;
    ui::ConnectionSecrets secrets;
    for (const ui::ConnectionProfile& known : m_remotes->profiles()) {
        if (known.name.compare(m_options.connectTo, Qt::CaseInsensitive) == 0) {
            m_remotes->open(known.id);
            return;
        }
    }
    if (QFile file(m_options.connectTo); file.open(QIODevice::ReadOnly)) {
        constexpr qint64 kMost = 1 << 20;
        ui::ImportedConnection read = m_remotes->import(QString::fromUtf8(file.read(kMost)));
        for (const QString& note : read.notes) {
            std::fprintf(stderr, "weir: %s\n", qPrintable(note));
        }
        profile = std::move(read.profile);
        profile.name = QFileInfo(m_options.connectTo).completeBaseName();
        secrets = std::move(read.secrets);
    } else {
        profile.name = profile.bootstrap = m_options.connectTo;
    }
    profile.id = QStringLiteral("command-line");
    m_remotes->openOnce(profile, secrets);
    if (!m_options.screenshotFolder.isEmpty()) {
        takePictures(*m_remotes->window(profile.id));
    }
}

void Application::takePictures(ui::MainWindow& window) {
    auto* const pictures = new Screenshots(window, m_options.screenshotFolder, this);
    connect(pictures, &Screenshots::finished, qApp, &QApplication::quit);
    pictures->start();
}

void Application::close() {
    const auto windows = QApplication::topLevelWidgets();
    for (QWidget* const window : windows) {
        window->close();
    }
}

void Application::raise() {
    if (m_window == nullptr) {
        return;
    }
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
        takePictures(*m_window);
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
        offerOtherFolder(sentence, QString::fromStdString(error.runningAt));
        return;
    }
    m_window->announce(ui::Mood::kError, sentence, tr("Quit"), [] { QApplication::quit(); });
}

// Two brokers must not write one folder, so this window has nothing to show until the other ends.
void Application::offerOtherFolder(const QString& sentence, const QString& runningAt) {
    auto* const instead = new ui::EmptyState(QStringLiteral("folder"), sentence);
    instead->setDetail(
        runningAt.isEmpty()
            ? tr("A folder belongs to one broker at a time. Clients reach the one that runs as before; this window "
                 "cannot show what is inside it. End it and try again, or open Weir with another folder beside it.")
            : tr("A folder belongs to one broker at a time. The one that runs answers at %1: look into it from here as "
                 "any client would, end it and try again, or open Weir with another folder beside it.")
                  .arg(runningAt));
    const auto step = [this, instead](const QString& text, auto run) {
        auto* const action = new QAction(text, instead);
        connect(action, &QAction::triggered, this, run);
        instead->addStep(action);
    };
    if (!runningAt.isEmpty()) {
        step(tr("Look into it at %1").arg(runningAt), [this, runningAt] { lookInto(runningAt); });
    }
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

// Over the wire, like any other cluster; the window that has nothing to show steps back.
void Application::lookInto(const QString& address) {
    ui::ConnectionProfile profile;
    profile.id = QStringLiteral("running");
    profile.name = tr("The running broker");
    profile.bootstrap = address;
    m_remotes->openOnce(profile, {});
    m_window->hide();
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
