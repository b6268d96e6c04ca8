// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/remote_windows.h"

#include <QApplication>
#include <QEvent>
#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QSaveFile>
#include <QUuid>
#include <algorithm>

#include "app/bridge/app_backend.h"
#include "app/cluster/folder_cluster.h"
#include "app/cluster/remote/diagnose.h"
#include "app/cluster/remote/remote_cluster.h"
#include "app/connections/production_lock.h"
#include "app/connections/profiles.h"
#include "app/connections/properties_import.h"
#include "app/settings/folders.h"
#include "ui/pages/connections/secrets_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_registry.h"

namespace weir::app {

namespace {

/// The settings as one cluster's window sees them: looks and habits are shared, its tabs and place are its own.
class WindowSettings final : public ui::Settings {
public:
    WindowSettings(ui::Settings& all, QString id) : m_all(all), m_id(std::move(id)) {
        connect(&all, &ui::Settings::changed, this, &ui::Settings::changed);
    }
    [[nodiscard]] QVariant value(const QString& key, const QVariant& fallback) const override {
        return m_all.value(own(key), fallback);
    }
    void setValue(const QString& key, const QVariant& value) override { m_all.setValue(own(key), value); }

private:
    [[nodiscard]] QString own(const QString& key) const {
        const bool isOwn = key == QLatin1String("shell/session") || key == QLatin1String("shell/geometry");
        return isOwn ? QStringLiteral("clusters/%1/%2").arg(m_id, key) : key;
    }

    ui::Settings& m_all;
    QString m_id;
};

ClusterError fileError(const QString& path, const QString& why) {
    return {ClusterErrc::kRefused, 0, RemoteWindows::tr("%1: %2.").arg(path, why).toStdString()};
}

}  // namespace

/// A cluster for a window, and how it is told that nobody waits for its answers any more.
struct RemoteWindows::Onto {
    std::shared_ptr<Cluster> cluster;
    std::function<void()> stop;
    std::unique_ptr<ProductionLock> lock = nullptr;
    bool isFolder = false;
};

/// In order of construction; the cluster is stopped first, so that no thread waits for an answer while it ends.
struct RemoteWindows::Open {
    ui::ConnectionProfile profile;
    std::shared_ptr<Cluster> cluster;
    std::function<void()> stop;
    std::unique_ptr<ProductionLock> lock;
    std::unique_ptr<WindowSettings> settings;
    std::unique_ptr<AppBackend> backend;
    std::unique_ptr<ui::MainWindow> window;

    ~Open() {
        stop();
        window.reset();
        backend.reset();
    }
};

RemoteWindows::RemoteWindows(Surroundings around, Home home)
    : m_around(around), m_home(std::move(home)), m_diagnosis(std::make_unique<Diagnosis>()), m_pool(2) {
    connect(&around.known, &ProfileStore::changed, this, &ui::Connections::changed);
    connect(&around.known, &ProfileStore::told, this, &ui::Connections::told);
}

RemoteWindows::~RemoteWindows() {
    m_diagnosis->stop();
    m_pool.stop();
    m_open.clear();
}

void RemoteWindows::post(std::function<void()> work) {
    m_pool.post(std::move(work));
}

template <class T>
void RemoteWindows::later(QObject* context, ui::Callback<T> done, std::function<ClusterResult<T>()> work) {
    m_pool.post([this, waiting = QPointer<QObject>(context), done = std::move(done), work = std::move(work)] {
        auto result = std::make_shared<ClusterResult<T>>(work());
        QMetaObject::invokeMethod(
            this,
            [waiting, done, result] {
                if (!waiting.isNull()) {
                    done(std::move(*result));
                }
            },
            Qt::QueuedConnection);
    });
}

std::vector<ui::ConnectionProfile> RemoteWindows::profiles() const {
    return m_around.known.profiles();
}

QString RemoteWindows::save(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets) {
    ui::ConnectionProfile kept = profile;
    if (kept.id.isEmpty()) {
        kept.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    }
    keep(kept, secrets);
    m_around.known.put(kept);
    return kept.id;
}

void RemoteWindows::keep(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets) {
    if (profile.keeping == ui::SecretKeeping::kAsk) {
        m_session.erase(profile.id);
    }
    if (profile.keeping != ui::SecretKeeping::kKeychain) {
        m_around.secrets.remove(profile.id);
    }
    if (secrets.isEmpty()) {
        return;
    }
    m_fresh[profile.id] = secrets;
    if (profile.keeping == ui::SecretKeeping::kSession) {
        m_session[profile.id] = secrets;
    } else if (profile.keeping == ui::SecretKeeping::kKeychain) {
        // Where it cannot be kept, it lasts for this session, and the next one asks.
        m_session[profile.id] = secrets;
        m_around.secrets.write(profile.id, secrets, this, [](const ClusterResult<void>&) {});
    }
}

void RemoteWindows::forget(const QString& id) {
    m_session.erase(id);
    m_fresh.erase(id);
    m_around.secrets.remove(id);
    m_around.known.remove(id);
}

void RemoteWindows::checkKeychain(QObject* context, ui::Callback<void> done) {
    m_around.secrets.check(context, std::move(done));
}

void RemoteWindows::exportTo(const QString& path, QObject* context, ui::Callback<int> done) {
    later<int>(context, std::move(done), [path, all = profiles()]() -> ClusterResult<int> {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(profilesToFile(all)) < 0 || !file.commit()) {
            return fail(fileError(path, file.errorString()));
        }
        return static_cast<int>(all.size());
    });
}

void RemoteWindows::importFrom(const QString& path, QObject* context, ui::Callback<int> done) {
    using Profiles = std::vector<ui::ConnectionProfile>;
    later<Profiles>(
        this,
        [this, waiting = QPointer<QObject>(context), done = std::move(done)](const ClusterResult<Profiles>& read) {
            if (read) {
                for (const ui::ConnectionProfile& one : *read) {
                    save(one, {});
                }
            }
            if (!waiting.isNull()) {
                done(read ? ClusterResult<int>(static_cast<int>(read->size())) : fail(ClusterError(read.error())));
            }
        },
        [path]() -> ClusterResult<Profiles> {
            QFile file(path);
            constexpr qint64 kMost = 8 << 20;
            if (!file.open(QIODevice::ReadOnly)) {
                return fail(fileError(path, file.errorString()));
            }
            return profilesFromFile(file.read(kMost));
        });
}

ui::ImportedConnection RemoteWindows::import(const QString& text) const {
    return importProperties(text);
}

void RemoteWindows::test(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets, QObject* context,
                         ui::Callback<std::vector<ui::ConnectionStep>> done) {
    withSecrets(profile, secrets, context,
                [this, profile, context, done = std::move(done)](const ClusterResult<ui::ConnectionSecrets>& known) {
                    diagnoseLater(profile, known ? *known : ui::ConnectionSecrets(), context, done);
                });
}

void RemoteWindows::diagnoseLater(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets,
                                  QObject* context, ui::Callback<std::vector<ui::ConnectionStep>> done) {
    using Steps = std::vector<ui::ConnectionStep>;
    later<Steps>(context, std::move(done),
                 [diagnosis = m_diagnosis.get(), options = optionsFor(profile, secrets)]() -> ClusterResult<Steps> {
                     Steps steps;
                     for (const DiagnosisStep& step : diagnosis->run(options)) {
                         // The two enumerations stand in the same order on purpose.
                         steps.push_back({static_cast<ui::ConnectionStep::Outcome>(step.outcome),
                                          QString::fromStdString(step.sentence)});
                     }
                     return steps;
                 });
}
static_assert(static_cast<int>(DiagnosisStep::Outcome::kFailed) ==
              static_cast<int>(ui::ConnectionStep::Outcome::kFailed));

void RemoteWindows::withSecrets(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& given,
                                QObject* context, SecretStore::Done<ui::ConnectionSecrets> done) {
    if (!given.isEmpty()) {
        done(given);
    } else if (const auto known = m_session.find(profile.id); known != m_session.end()) {
        done(known->second);
    } else if (!profile.needsSecrets()) {
        done(ui::ConnectionSecrets());
    } else if (profile.keeping == ui::SecretKeeping::kKeychain) {
        m_around.secrets.read(profile.id, context, std::move(done));
    } else {
        done(fail(ClusterError{ClusterErrc::kNotFound, 0, {}}));
    }
}

void RemoteWindows::open(const QString& id) {
    const ui::ConnectionProfile* const profile = m_around.known.find(id);
    if (profile == nullptr) {
        show(id);
        return;
    }
    const auto given = m_fresh.extract(id);
    const auto known =
        std::find_if(m_open.begin(), m_open.end(), [&id](const auto& one) { return one->profile.id == id; });
    if (known != m_open.end()) {
        if (given.empty() && (*known)->profile == *profile) {
            show(id);
            return;
        }
        // Another way in is another window.
        m_open.erase(known);
    }
    withSecrets(*profile, given.empty() ? ui::ConnectionSecrets() : given.mapped(), this,
                [this, wanted = *profile](const ClusterResult<ui::ConnectionSecrets>& secrets) {
                    if (secrets) {
                        openOnce(wanted, *secrets);
                    } else {
                        ask(wanted, QString::fromStdString(secrets.error().message));
                    }
                });
}

void RemoteWindows::ask(const ui::ConnectionProfile& profile, const QString& note) {
    auto* const dialog = new ui::SecretsDialog(profile, note, QApplication::activeWindow());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ui::SecretsDialog::given, this, [this, profile](const ui::ConnectionSecrets& secrets) {
        keep(profile, secrets);
        m_fresh.erase(profile.id);
        openOnce(profile, secrets);
    });
    dialog->open();
}

void RemoteWindows::openOnce(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets) {
    if (window(profile.id) != nullptr) {
        show(profile.id);
        return;
    }
    const auto remote = std::make_shared<RemoteCluster>(optionsFor(profile, secrets), m_around.clock);
    Onto onto{remote, [remote] { remote->stop(); }};
    if (profile.isReadOnly) {
        onto.cluster = std::make_shared<GatedCluster>(remote, readOnlyGate(profile.name.toStdString()));
    } else if (profile.isProduction) {
        onto.lock = std::make_unique<ProductionLock>(profile.name);
        onto.cluster = std::make_shared<GatedCluster>(remote, onto.lock->gate());
    }
    addWindow(profile, std::move(onto));
}

void RemoteWindows::openFolder(const QString& path, QObject* context, ui::Callback<void> done) {
    auto folder = api::LogFolder::make(path.toStdString(), m_around.clock);
    later<void>(
        this,
        [this, path, folder, waiting = QPointer<QObject>(context), done = std::move(done)](ClusterResult<void> holds) {
            if (holds) {
                showFolder(path, folder);
            }
            if (!waiting.isNull()) {
                done(std::move(holds));
            }
        },
        [folder]() -> ClusterResult<void> {
            const auto looked = folder->snapshot();
            return looked ? ClusterResult<void>() : fail(ClusterError(looked.error()));
        });
}

void RemoteWindows::showFolder(const QString& path, std::shared_ptr<api::LogFolder> folder) {
    const QString real = QFileInfo(path).canonicalFilePath();
    ui::ConnectionProfile profile;
    profile.id = QStringLiteral("folder-") + shortNameOf(real);
    profile.name = QFileInfo(real).fileName().isEmpty() ? real : QFileInfo(real).fileName();
    profile.bootstrap = real;
    profile.isReadOnly = true;
    if (window(profile.id) != nullptr) {
        show(profile.id);
        return;
    }
    auto cluster = std::make_shared<FolderCluster>(folder, profile.name.toStdString());
    addWindow(profile, {std::move(cluster), [folder] { folder->stop(); }, nullptr, true});
}

void RemoteWindows::addWindow(const ui::ConnectionProfile& profile, Onto onto) {
    auto opened = std::make_unique<Open>();
    opened->profile = profile;
    opened->cluster = onto.cluster;
    opened->stop = std::move(onto.stop);
    opened->lock = std::move(onto.lock);
    opened->settings = std::make_unique<WindowSettings>(m_around.looks, profile.id);
    BackendOptions options;
    options.version = QStringLiteral(WEIR_VERSION);
    options.isEmbedded = false;
    options.isReadOnly = profile.isReadOnly;
    options.isFolder = onto.isFolder;
    options.color = profile.color;
    options.connections = this;
    options.others = this;
    options.id = profile.id;
    options.changeLock = opened->lock.get();
    options.replaysPath = replaysFile();
    if (!onto.isFolder) {
        options.historyPath = historyFile(profile.id + profile.bootstrap);
    }
    opened->backend = std::make_unique<AppBackend>(std::move(onto.cluster), *opened->settings, m_around.clock,
                                                   m_around.random, options);
    opened->window = std::make_unique<ui::MainWindow>(*opened->backend, ui::allPages());
    opened->window->installEventFilter(this);
    opened->window->show();
    m_open.push_back(std::move(opened));
    Q_EMIT changed();
}

std::vector<ui::OpenCluster> RemoteWindows::openClusters() const {
    std::vector<ui::OpenCluster> all;
    if (m_home.raise) {
        all.push_back({{}, m_home.name, -1});
    }
    for (const auto& one : m_open) {
        all.push_back({one->profile.id, one->profile.name, one->profile.color});
    }
    return all;
}

std::vector<OpenEnd> RemoteWindows::openEnds() const {
    std::vector<OpenEnd> all;
    if (m_home.cluster != nullptr) {
        all.push_back({{}, m_home.name, m_home.cluster, {}});
    }
    for (const auto& one : m_open) {
        QString whyNot;
        if (one->profile.isReadOnly) {
            whyNot = tr("%1 is open for reading only.").arg(one->profile.name);
        } else if (one->lock != nullptr && one->lock->isLocked()) {
            whyNot = tr("%1 is locked: unlock it in its own window first.").arg(one->profile.name);
        }
        all.push_back({one->profile.id, one->profile.name, one->cluster, whyNot});
    }
    return all;
}

ui::MainWindow* RemoteWindows::window(const QString& id) const {
    const auto found =
        std::find_if(m_open.begin(), m_open.end(), [&id](const auto& one) { return one->profile.id == id; });
    return found == m_open.end() ? nullptr : (*found)->window.get();
}

ui::Backend* RemoteWindows::backend(const QString& id) const {
    const auto found =
        std::find_if(m_open.begin(), m_open.end(), [&id](const auto& one) { return one->profile.id == id; });
    return found == m_open.end() ? nullptr : (*found)->backend.get();
}

RemoteOptions RemoteWindows::optionsFor(const ui::ConnectionProfile& profile,
                                        const ui::ConnectionSecrets& secrets) const {
    RemoteOptions options = optionsOf(profile, secrets);
    options.connectTimeoutMs = m_around.patience.connectMs;
    options.requestTimeoutMs = m_around.patience.requestMs;
    return options;
}

void RemoteWindows::show(const QString& id) {
    if (id.isEmpty() && m_home.raise) {
        m_home.raise();
    } else if (ui::MainWindow* const shown = window(id)) {
        shown->setWindowState(shown->windowState() & ~Qt::WindowMinimized);
        shown->show();
        shown->raise();
        shown->activateWindow();
    }
}

// A window that closes takes its cluster along, but not from within its own event.
bool RemoteWindows::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Close) {
        QMetaObject::invokeMethod(
            this, [this, watched] { drop(watched); }, Qt::QueuedConnection);
    }
    return ui::Connections::eventFilter(watched, event);
}

void RemoteWindows::drop(const QObject* window) {
    std::erase_if(m_open, [window](const auto& one) { return one->window.get() == window; });
    Q_EMIT changed();
}

}  // namespace weir::app
