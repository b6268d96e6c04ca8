// SPDX-License-Identifier: GPL-3.0-or-later
// weir-broker: the engine without a window and without Qt.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "app/broker_options.h"
#include "broker/api/broker.h"

namespace {

using namespace weir;

/// What the process ends with, so that a script can tell why.
enum class Exit { kOk = 0, kFailed = 1, kUsage = 2, kPortBusy = 3, kFolder = 4 };

Exit exitCodeFor(api::StartErrc code) {
    switch (code) {
        case api::StartErrc::kPortBusy:
        case api::StartErrc::kAddressRefused:
            return Exit::kPortBusy;
        case api::StartErrc::kFolderInUse:
        case api::StartErrc::kFolderForeign:
        case api::StartErrc::kFolderUnusable:
            return Exit::kFolder;
        case api::StartErrc::kBadConfig:
            return Exit::kUsage;
    }
    return Exit::kFailed;
}

/// Blocks the signals that end the program in this and every later thread, so that only `wait` takes them.
class StopSignal {
public:
    StopSignal() {
        sigemptyset(&m_set);
        sigaddset(&m_set, SIGINT);
        sigaddset(&m_set, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &m_set, nullptr);
        // A client that hangs up while it is written to is an error of that connection, not of the program.
        ::signal(SIGPIPE, SIG_IGN);
    }
    void wait() {
        int which = 0;
        sigwait(&m_set, &which);
    }

private:
    sigset_t m_set{};
};

int fail(const std::string& message, Exit code) {
    std::fprintf(stderr, "weir-broker: %s\n", message.c_str());
    return static_cast<int>(code);
}

int serve(const app::BrokerArguments& arguments) {
    StopSignal stop;
    auto options = app::brokerOptions(arguments);
    if (!options) {
        return fail(options.error().message, Exit::kUsage);
    }
    auto broker = api::Broker::start(std::move(*options));
    if (!broker) {
        return fail(broker.error().message, exitCodeFor(broker.error().code));
    }
    std::printf("listening on %s\n", (*broker)->bootstrap().c_str());
    if (const std::string url = (*broker)->schemas().url(); !url.empty()) {
        std::printf("schema registry on %s\n", url.c_str());
    }
    std::fflush(stdout);
    stop.wait();
    (*broker)->stop();
    return static_cast<int>(Exit::kOk);
}

}  // namespace

int main(int argc, char** argv) {
#ifdef __GLIBC__
    // One heap for each of the few threads would cost more memory than it saves waiting.
    mallopt(M_ARENA_MAX, 2);
#endif
    app::BrokerArguments arguments;
    CLI::App cli("A Kafka broker in one small program.", "weir-broker");
    app::addBrokerArguments(cli, arguments);
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = cli.exit(error);
        return code == 0 ? 0 : static_cast<int>(Exit::kUsage);
    }
    return serve(arguments);
}
