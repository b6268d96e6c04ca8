// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "tests/broker/groups/fixture.h"

namespace weir::groups::testing {

/// What a coordinator asks of the world around it, each with a hook that runs once, just before the next call: that is
/// how a test puts two things in order that threads would do at the same time.
struct Hook {
    std::function<void()> next;
    void run() {
        if (const auto hook = std::exchange(next, nullptr)) {
            hook();
        }
    }
};

class HookedStore final : public GroupStore {
public:
    explicit HookedStore(GroupStore& store) : m_store(store) {}
    void load(Completion<Loaded> done) override { m_store.load(std::move(done)); }
    void write(StoreBatch batch, Completion<StoreStatus> done) override {
        hook.run();
        m_store.write(std::move(batch), std::move(done));
    }
    Hook hook;

private:
    GroupStore& m_store;
};

class HookedTimers final : public TimerService {
public:
    explicit HookedTimers(TimerService& timers) : m_timers(timers) {}
    std::unique_ptr<Timer> schedule(std::chrono::milliseconds after, std::function<void()> callback) override {
        hook.run();
        if (!areLate) {
            return m_timers.schedule(after, std::move(callback));
        }
        late.push_back(std::move(callback));
        return std::make_unique<Timer>();
    }
    Hook hook;
    /// Callbacks have begun when their timer is destroyed, and come when the test calls them.
    bool areLate = false;
    std::vector<std::function<void()>> late;

private:
    TimerService& m_timers;
};

class HookedRandom final : public Random {
public:
    std::uint64_t next() override {
        hook.run();
        return m_random.next();
    }
    Hook hook;

private:
    SeededRandom m_random{7};
};

class HookedTopics final : public TopicDirectory {
public:
    explicit HookedTopics(FakeTopics& topics) : m_topics(topics) {}
    [[nodiscard]] std::optional<TopicFacts> byName(std::string_view name) const override {
        hook.run();
        return m_topics.byName(name);
    }
    [[nodiscard]] std::optional<TopicFacts> byId(const TopicId& id) const override { return m_topics.byId(id); }
    [[nodiscard]] std::vector<TopicFacts> all() const override { return m_topics.all(); }
    [[nodiscard]] std::uint64_t version() const override { return versionNow; }
    mutable Hook hook;
    std::uint64_t versionNow = 0;

private:
    FakeTopics& m_topics;
};

/// A world whose coordinator, once `startHooked` has made it, goes through the hooks.
struct HookedWorld : World {
    ~HookedWorld() { start(); }  // the last one knows nothing of the hooks
    void startHooked() {
        makeHooked();
        manager->start([](const StoreStatus&) {});
    }
    void makeHooked() {
        manager->stop();
        manager = std::make_unique<GroupManager>(
            options, GroupManager::Environment{clock, hookedRandom, hookedTimers, hookedStore, hookedTopics, Logger(),
                                               settings});
    }
    const GroupSettings* settings = nullptr;
    HookedStore hookedStore{store};
    HookedTimers hookedTimers{timers};
    HookedRandom hookedRandom;
    HookedTopics hookedTopics{topics};
};

}  // namespace weir::groups::testing
