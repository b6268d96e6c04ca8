// SPDX-License-Identifier: GPL-3.0-or-later
// weir: the broker and its window in one program.
#include <CLI/CLI.hpp>
#include <QApplication>
#include <cstdio>
#include <optional>
#include <string>

#include "app/application.h"
#include "app/broker_options.h"
#include "app/feeds/feed.h"
#include "app/quit_signals.h"
#include "app/single_window.h"
#include "ui/theme/theme.h"

namespace {

constexpr int kUsage = 2;

struct Arguments {
    weir::app::BrokerArguments broker;
    std::string demo;
    double rate = 0;
    std::string connectTo;
    std::string openLogs;
    std::string theme;
    std::string screenshotFolder;
    bool reportsStart = false;
};

void addArguments(CLI::App& cli, Arguments& into) {
    weir::app::addBrokerArguments(cli, into.broker);
    std::vector<std::string> feeds;
    for (const auto& feed : weir::app::allFeeds()) {
        feeds.push_back(feed.id);
    }
    cli.add_option("--demo", into.demo, "Start a feed at once")->check(CLI::IsMember(feeds));
    cli.add_option("--rate", into.rate, "Records a second of the demo feed")->check(CLI::Range(0.1, 100'000.0));
    cli.add_option("--connect", into.connectTo,
                   "Show another Kafka cluster instead of a broker of our own: HOST:PORT, the name of a connection, or "
                   "a client's properties file");
    cli.add_option("--open-logs", into.openLogs,
                   "Look into a folder of Kafka's log files, read-only, instead of a broker of our own")
        ->check(CLI::ExistingDirectory);
    cli.add_option("--theme", into.theme, "dark or light")->check(CLI::IsMember({"dark", "light"}));
    cli.add_option("--screenshot-dir", into.screenshotFolder, "Write a picture of every page here, then end");
    cli.add_flag("--report-start", into.reportsStart, "Tell when the window was painted");
}

int run(const Arguments& arguments, weir::api::BrokerOptions broker, QElapsedTimer age) {
    using namespace weir::app;
    ApplicationOptions options;
    options.broker = std::move(broker);
    options.demo = QString::fromStdString(arguments.demo);
    if (const FeedInfo* const feed = findFeed(arguments.demo)) {
        options.demoRate = arguments.rate > 0 ? arguments.rate : feed->defaultRate;
    }
    options.connectTo = QString::fromStdString(arguments.connectTo);
    options.openLogs = QString::fromStdString(arguments.openLogs);
    options.theme = QString::fromStdString(arguments.theme);
    options.screenshotFolder = QString::fromStdString(arguments.screenshotFolder);
    options.reportsStart = arguments.reportsStart;
    options.age = age;
    // A folder has one window; other clusters may have any number.
    std::optional<SingleWindow> single;
    if (options.isHome()) {
        single.emplace(Application::meetingPoint(QString::fromStdString(options.broker.dataFolder)));
    }
    Application application(std::move(options));
    if (single) {
        QObject::connect(&*single, &SingleWindow::raiseRequested, &application, &Application::raise);
    }
    const QuitSignals quitSignals;
    QObject::connect(&quitSignals, &QuitSignals::received, qApp, [&application] {
        // Closing first, so that the session is remembered.
        application.close();
        QApplication::quit();
    });
    application.show();
    return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
    QElapsedTimer age;
    age.start();
    Arguments arguments;
    CLI::App cli("Kafka on your desk: a broker and the window onto it.", "weir");
    addArguments(cli, arguments);
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = cli.exit(error);
        return code == 0 ? 0 : kUsage;
    }
    QApplication::setApplicationName(QStringLiteral("Weir"));
    QApplication::setApplicationVersion(QStringLiteral(WEIR_VERSION));
    auto broker = weir::app::brokerOptions(arguments.broker);
    if (!broker) {
        std::fprintf(stderr, "weir: %s\n", broker.error().message.c_str());
        return kUsage;
    }
    const QString folder = QString::fromStdString(broker->dataFolder);
    if (arguments.connectTo.empty() && arguments.openLogs.empty() &&
        weir::app::SingleWindow::raiseFirst(weir::app::Application::meetingPoint(folder))) {
        std::printf("Weir is open already with %s; its window was brought to the front.\n", qPrintable(folder));
        return 0;
    }
    QApplication qt(argc, argv);
    const weir::ui::Theme theme(qt);
    return run(arguments, *std::move(broker), age);
}
