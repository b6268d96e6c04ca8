// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "app/bridge/cluster_directory.h"
#include "app/cluster/remote/remote_options.h"
#include "app/connections/profile_store.h"
#include "app/connections/secret_store.h"
#include "app/jobs/worker_pool.h"
#include "broker/base/clock.h"
#include "broker/base/random.h"
#include "ui/backend/connections.h"
#include "ui/backend/settings.h"

namespace weir::ui {
class Backend;
class MainWindow;
}  // namespace weir::ui

namespace weir::api {
class LogFolder;
}

namespace weir::app {

class Diagnosis;

/// Windows onto other clusters: each has its cluster, its backend and a window of its own, so that a page can never
/// mistake one cluster for another, and a cluster that is silent holds up nobody else. GUI thread.
class RemoteWindows final : public ui::Connections, public ClusterDirectory {
    Q_OBJECT

public:
    /// Where the broker inside Weir shows; `raise` brings it to the front. Null: there is none.
    struct Home {
        QString name;
        std::function<void()> raise;
        /// For what is copied to and from it; null: it cannot be.
        std::shared_ptr<Cluster> cluster = nullptr;
    };
    /// How long one answer is waited for.
    struct Patience {
        int connectMs = 5'000;
        int requestMs = 10'000;
    };
    /// All outlive the object. `looks`: what every window shares.
    struct Surroundings {
        ui::Settings& looks;
        ProfileStore& known;
        SecretStore& secrets;
        const Clock& clock;
        Random& random;
        Patience patience = {};
    };
    RemoteWindows(Surroundings around, Home home);
    ~RemoteWindows() override;

    [[nodiscard]] std::vector<ui::ConnectionProfile> profiles() const override;
    QString save(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets) override;
    void forget(const QString& id) override;
    void checkKeychain(QObject* context, ui::Callback<void> done) override;
    void exportTo(const QString& path, QObject* context, ui::Callback<int> done) override;
    void importFrom(const QString& path, QObject* context, ui::Callback<int> done) override;
    [[nodiscard]] ui::ImportedConnection import(const QString& text) const override;
    void test(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets, QObject* context,
              ui::Callback<std::vector<ui::ConnectionStep>> done) override;
    void open(const QString& id) override;
    void openFolder(const QString& path, QObject* context, ui::Callback<void> done) override;
    [[nodiscard]] std::vector<ui::OpenCluster> openClusters() const override;
    [[nodiscard]] std::vector<OpenEnd> openEnds() const override;
    void show(const QString& id) override;

    /// For this run only: it is not among the connections that are remembered.
    void openOnce(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets);
    /// nullptr when it is not open.
    [[nodiscard]] ui::MainWindow* window(const QString& id) const;
    [[nodiscard]] ui::Backend* backend(const QString& id) const;
    /// Runs `work` on a worker: for the composition root's own errands.
    void post(std::function<void()> work);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Open;
    [[nodiscard]] RemoteOptions optionsFor(const ui::ConnectionProfile& profile,
                                           const ui::ConnectionSecrets& secrets) const;
    void keep(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets);
    /// What was given or is kept; an error says why there is nothing.
    void withSecrets(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& given, QObject* context,
                     SecretStore::Done<ui::ConnectionSecrets> done);
    void ask(const ui::ConnectionProfile& profile, const QString& note);
    void diagnoseLater(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets, QObject* context,
                       ui::Callback<std::vector<ui::ConnectionStep>> done);
    void drop(const QObject* window);
    struct Onto;
    /// The window onto `onto`.
    void addWindow(const ui::ConnectionProfile& profile, Onto onto);
    void showFolder(const QString& path, std::shared_ptr<api::LogFolder> folder);
    template <class T>
    void later(QObject* context, ui::Callback<T> done, std::function<ClusterResult<T>()> work);

    Surroundings m_around;
    Home m_home;
    /// Kept while Weir runs, and given for the next opening only.
    std::map<QString, ui::ConnectionSecrets> m_session;
    std::map<QString, ui::ConnectionSecrets> m_fresh;
    std::vector<std::unique_ptr<Open>> m_open;
    std::unique_ptr<Diagnosis> m_diagnosis;
    /// Tests of connections and files; stopped before anything else goes.
    WorkerPool m_pool;
};

}  // namespace weir::app
