// SPDX-License-Identifier: GPL-3.0-or-later
// The longest time that the window's event loop was busy with one thing, while 100,000 records a second flow, 1,000
// topics exist and every page is visited in turn. Prints the stalls of each page and of all; run it under a display or
// with QT_QPA_PLATFORM=offscreen, on a quiet machine.
#include <QApplication>
#include <QDeadlineTimer>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <vector>

#include "app/application.h"
#include "ui/theme/theme.h"

namespace {

using namespace weir;

constexpr int kTopics = 1000;
constexpr double kRate = 100000;
constexpr int kSecondsAPage = 5;

/// Notes how late a timer that is always due comes around: that is how long something else held the loop.
class Watchdog {
public:
    Watchdog() {
        m_clock.start();
        QObject::connect(&m_timer, &QTimer::timeout, [this] {
            m_gaps.push_back(static_cast<double>(m_clock.nsecsElapsed() - m_last) / 1e6);
            m_last = m_clock.nsecsElapsed();
        });
        m_timer.start(1);
    }
    /// Prints what was noted since the last call, and returns the longest stall and the 99th percentile in
    /// milliseconds.
    std::pair<double, double> report(const char* what) {
        std::sort(m_gaps.begin(), m_gaps.end());
        const double worst = m_gaps.empty() ? 0 : m_gaps.back();
        const double p99 = m_gaps.empty() ? 0 : m_gaps[m_gaps.size() * 99 / 100];
        std::printf("%-12s longest %7.1f ms   p99 %6.1f ms   %zu turns\n", what, worst, p99, m_gaps.size());
        std::fflush(stdout);
        m_gaps.clear();
        return {worst, p99};
    }

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_last = 0;
    std::vector<double> m_gaps;
};

/// Lets events run until `done` or the time is over.
template <class Done>
bool runUntil(int seconds, Done done) {
    const QDeadlineTimer deadline(seconds * 1000);
    while (!deadline.hasExpired() && !done()) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    }
    return done();
}

bool createTopics(app::AppBackend& backend) {
    int answered = 0;
    QObject context;
    for (int i = 0; i < kTopics; ++i) {
        NewTopic topic;
        topic.name = "load-" + std::to_string(i);
        topic.partitions = 1;
        backend.topics().create(topic, &context, [&answered](const ClusterResult<void>&) { ++answered; });
    }
    return runUntil(120, [&] { return answered == kTopics; });
}

}  // namespace

int main(int argc, char** argv) {
    QApplication qt(argc, argv);
    const ui::Theme theme(qt);
    const QTemporaryDir folder;
    qputenv("XDG_CONFIG_HOME", folder.filePath(QStringLiteral("config")).toUtf8());
    app::ApplicationOptions options;
    options.broker.dataFolder = folder.filePath(QStringLiteral("data")).toStdString();
    options.broker.listen = {{"127.0.0.1", 0}};
    app::Application application(std::move(options));
    application.show();
    if (!createTopics(application.backend())) {
        std::puts("The topics were not created.");
        return 1;
    }
    bool started = false;
    ui::FeedOptions feed;
    feed.rate = kRate;
    application.backend().feeds().start(QStringLiteral("stocks"), feed, &application,
                                        [&started](const ClusterResult<ui::JobId>& answer) { started = answer.ok(); });
    if (!runUntil(10, [&] { return started; })) {
        std::puts("The feed did not start.");
        return 1;
    }
    Watchdog watchdog;
    runUntil(2, [] { return false; });
    watchdog.report("warming up");
    double worst = 0;
    double worstP99 = 0;
    const auto visit = [&](ui::PageKind kind, const char* name, const char* subject = "") {
        ui::NavigationTarget target;
        target.kind = kind;
        target.subject = QString::fromLatin1(subject);
        application.window().go(target);
        runUntil(kSecondsAPage, [] { return false; });
        const auto [longest, p99] = watchdog.report(name);
        worst = std::max(worst, longest);
        worstP99 = std::max(worstP99, p99);
    };
    visit(ui::PageKind::kOverview, "Overview");
    visit(ui::PageKind::kTopics, "Topics");
    visit(ui::PageKind::kTopic, "Topic", "stocks.trades");
    visit(ui::PageKind::kGroups, "Groups");
    visit(ui::PageKind::kClients, "Clients");
    visit(ui::PageKind::kPublish, "Publish");
    visit(ui::PageKind::kReplay, "Replay");
    visit(ui::PageKind::kFeeds, "Feeds");
    visit(ui::PageKind::kPlot, "Plot");
    visit(ui::PageKind::kSettings, "Settings");
    std::printf("all pages    longest %7.1f ms at %.0f records/s\n", worst,
                application.backend().live().totalRate().recordsIn);
    std::printf("{\"row\":\"live tail at 100,000/s: longest stall\",\"value\":%.3f,\"unit\":\"ms\"}\n", worst);
    std::printf("{\"row\":\"live tail at 100,000/s: stall p99\",\"value\":%.3f,\"unit\":\"ms\"}\n", worstP99);
    return 0;
}
