// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/settings/settings_page.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <array>

#include "ui/widgets/card.h"
#include "ui/widgets/config_editor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/look_settings.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {

namespace {

constexpr std::array kSchemes{SchemeChoice::kSystem, SchemeChoice::kLight, SchemeChoice::kDark,
                              SchemeChoice::kHighContrast};
constexpr std::array kDensities{Density::kCompact, Density::kNormal, Density::kPresenter};

/// Where serializers look for a registry when nobody says otherwise.
constexpr int kUsualRegistryPort = 8081;

template <class List, class Value>
int indexIn(const List& list, Value value) {
    return static_cast<int>(std::find(list.begin(), list.end(), value) - list.begin());
}

}  // namespace

SettingsPage::SettingsPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("settings"), parent) {
    setTitle(tr("Settings"));
    setFacts(tr("Changes take effect at once, unless they say otherwise"));
    auto* area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setAccessibleName(tr("Settings"));
    auto* inside = new QWidget(area);
    auto* grid = new QGridLayout(inside);
    grid->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    grid->setSpacing(Theme::kGroupGap);
    grid->addWidget(buildLook(inside), 0, 0);
    grid->addWidget(buildPlace(inside), 0, 1);
    // Of our own broker only: what an acknowledgement of another cluster means is for its settings to say.
    if (backend.facts().isEmbedded) {
        grid->addWidget(buildDurability(inside), 1, 0, 1, 2);
    }
    Card* const registry = buildRegistry(inside);
    Card* const broker = buildBroker(inside);
    grid->addWidget(registry, 2, 0, 1, 2);
    grid->addWidget(broker, 3, 0, 1, 2);
    // A folder of files has no settings.
    registry->setHidden(backend.facts().isFolder);
    broker->setHidden(backend.facts().isFolder);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    grid->setRowStretch(3, 1);
    area->setWidget(inside);
    setContent(area);
    connect(&backend.settings(), &Settings::changed, this, &SettingsPage::showLook);
    showLook();
    load();
}

Card* SettingsPage::buildLook(QWidget* parent) {
    auto* card = new Card(tr("Look"), parent);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(12);
    m_scheme = new SegmentedControl({tr("As the system"), tr("Light"), tr("Dark"), tr("High contrast")}, card);
    m_scheme->setAccessibleName(tr("Theme"));
    m_density = new SegmentedControl({tr("Compact"), tr("Normal"), tr("Presenter")}, card);
    m_density->setAccessibleName(tr("Density"));
    m_density->setChoiceTooltip(2, tr("Larger rows and type, for a projector"));
    m_stillness = new QCheckBox(tr("Reduce motion"), card);
    m_stillness->setToolTip(tr("Nothing fades, slides or glides: states change at once."));
    grid->addWidget(makeLabel(tr("Theme"), FontRole::kBody, Tint::kText, card), 0, 0);
    grid->addWidget(m_scheme, 0, 1, Qt::AlignLeft);
    grid->addWidget(makeLabel(tr("Density"), FontRole::kBody, Tint::kText, card), 1, 0);
    grid->addWidget(m_density, 1, 1, Qt::AlignLeft);
    grid->addWidget(m_stillness, 2, 1);
    grid->setColumnStretch(1, 1);
    card->body()->addLayout(grid);
    card->body()->addStretch(1);
    Settings& settings = backend().settings();
    connect(m_scheme, &SegmentedControl::chosen, this, [&settings](int index) {
        settings.setValue(kSchemeKey, nameOf(kSchemes[static_cast<std::size_t>(index)]));
    });
    connect(m_density, &SegmentedControl::chosen, this, [&settings](int index) {
        settings.setValue(kDensityKey, nameOf(kDensities[static_cast<std::size_t>(index)]));
    });
    connect(m_stillness, &QCheckBox::toggled, this,
            [&settings](bool still) { settings.setValue(kReduceMotionKey, still); });
    return card;
}

void SettingsPage::showLook() {
    const Settings& settings = backend().settings();
    m_scheme->setCurrent(indexIn(kSchemes, schemeChoiceOf(settings.value(kSchemeKey).toString())));
    m_density->setCurrent(indexIn(kDensities, densityOf(settings.value(kDensityKey).toString())));
    m_stillness->setChecked(settings.value(kReduceMotionKey, false).toBool());
}

Card* SettingsPage::buildPlace(QWidget* parent) {
    auto* card = new Card(backend().facts().isEmbedded ? tr("This broker") : tr("This cluster"), parent);
    m_place = new KeyValueList(card);
    card->body()->addWidget(m_place);
    card->body()->addStretch(1);
    return card;
}

Card* SettingsPage::buildDurability(QWidget* parent) {
    auto* card = new Card(tr("What an acknowledgement means"), parent);
    m_durability = new KeyValueList(card);
    m_durability->set(tr("kernel"),
                      tr("Written to the operating system, as in Kafka. Survives a killed process; a power cut "
                         "takes what was not flushed yet."));
    m_durability->set(tr("interval"),
                      tr("The same, flushed every weir.durability.interval.ms: a power cut takes no more than "
                         "the last interval."));
    m_durability->set(tr("durable"),
                      tr("On the disk before it is acknowledged, flushed together with what others wrote. "
                         "Survives a power cut."));
    card->body()->addWidget(m_durability);
    auto* how =
        makeLabel(tr("Chosen with weir.durability when the broker starts; a topic can be stricter with flush.messages "
                     "and flush.ms."),
                  FontRole::kSecondary, Tint::kTextSecondary, card);
    how->setWordWrap(true);
    card->body()->addWidget(how);
    return card;
}

Card* SettingsPage::buildRegistry(QWidget* parent) {
    auto* card = new Card(tr("Schema registry"), parent);
    auto* row = new QHBoxLayout;
    row->setSpacing(Theme::kGap);
    m_registry = new QCheckBox(tr("Serve it to the programs of this computer at port"), card);
    m_registry->setToolTip(
        tr("As Confluent's does: serializers register their schemas here. What is registered stays "
           "when it is switched off."));
    m_registryPort = new QSpinBox(card);
    m_registryPort->setRange(1, 65535);
    m_registryPort->setValue(kUsualRegistryPort);
    m_registryPort->setAccessibleName(tr("Port of the schema registry"));
    m_registryPort->setKeyboardTracking(false);
    m_registryUrl = makeLabel(QString(), FontRole::kMono, Tint::kTextSecondary, card);
    m_registryUrl->setAccessibleName(tr("Address of the schema registry"));
    m_copyRegistryUrl = new CopyButton(
        tr("Copy the registry's address"), [this] { return m_registryUrl->text(); }, card);
    row->addWidget(m_registry);
    row->addWidget(m_registryPort);
    row->addSpacing(Theme::kGroupGap);
    row->addWidget(m_registryUrl);
    row->addWidget(m_copyRegistryUrl);
    row->addStretch(1);
    card->body()->addLayout(row);
    connect(m_registry, &QCheckBox::clicked, this, &SettingsPage::listen);
    connect(m_registryPort, &QSpinBox::valueChanged, this, [this] {
        if (m_registry->isChecked()) {
            listen();
        }
    });
    return card;
}

void SettingsPage::listen() {
    clearProblem();
    m_registry->setEnabled(false);
    backend().schemas().listen(
        m_registry->isChecked() ? m_registryPort->value() : -1, this,
        [this](const ClusterResult<SchemaRegistryState>& answer) {
            showRegistry(answer);
            if (answer.ok()) {
                say(answer.value().url.empty() ? tr("The schema registry is off.") : tr("The schema registry is on."));
                return;
            }
            showProblem(QString::fromStdString(answer.error().message));
            loadRegistry();
        });
}

void SettingsPage::loadRegistry() {
    backend().schemas().look(this, [this](const ClusterResult<SchemaRegistryState>& answer) { showRegistry(answer); });
}

void SettingsPage::showRegistry(const ClusterResult<SchemaRegistryState>& answer) {
    m_registry->setEnabled(answer.ok());
    m_registryPort->setEnabled(answer.ok());
    m_copyRegistryUrl->setVisible(answer.ok() && !answer.value().url.empty());
    if (!answer.ok()) {
        m_registryUrl->setText(QString::fromStdString(answer.error().message));
        return;
    }
    const QString url = QString::fromStdString(answer.value().url);
    const QSignalBlocker quiet(m_registryPort);
    m_registry->setChecked(!url.isEmpty());
    m_registryUrl->setText(url);
    if (!url.isEmpty()) {
        m_registryPort->setValue(url.section(QLatin1Char(':'), -1).toInt());
    }
}

Card* SettingsPage::buildBroker(QWidget* parent) {
    auto* card = new Card(tr("Broker settings"), parent);
    m_editor =
        new ConfigEditor(backend().settings(), QStringLiteral("settings/broker"), ConfigEditor::Bar::kWithApply, card);
    m_editor->setForbidden(
        forbidden(backend().facts().capabilities.has(Feature::kEdit) ? Feature::kConfigs : Feature::kEdit));
    m_editor->setMinimumHeight(Theme::of().px(420));
    card->body()->addWidget(m_editor, 1);
    connect(m_editor, &ConfigEditor::applyRequested, this, &SettingsPage::apply);
    return card;
}

void SettingsPage::load() {
    const ClusterFacts facts = backend().facts();
    m_place->set(tr("Address"), facts.bootstrap, {}, true);
    m_place->set(tr("Cluster id"), facts.clusterId, {}, true);
    if (facts.isEmbedded) {
        m_place->set(tr("Data folder"), facts.dataFolder, {}, true);
        m_place->set(tr("Version"), tr("Weir %1").arg(facts.version));
    } else {
        m_place->set(tr("Changes"), facts.isFolder                      ? tr("None: it is a folder of files")
                                    : facts.isReadOnly                  ? tr("None: this connection is read-only")
                                    : backend().changeLock() != nullptr ? tr("After its name is typed: production")
                                                                        : tr("At once"));
        m_place->set(tr("Shown by"), tr("Weir %1").arg(facts.version));
    }
    if (facts.isFolder) {
        return;
    }
    backend().topics().describeBrokerConfig(this, [this](const ClusterResult<std::vector<ConfigEntry>>& answer) {
        if (!answer.ok()) {
            showProblem(QString::fromStdString(answer.error().message));
            return;
        }
        clearProblem();
        loadRegistry();
        m_editor->setEntries(answer.value());
        const auto& entries = answer.value();
        const auto found = std::find_if(entries.begin(), entries.end(),
                                        [](const ConfigEntry& e) { return e.name == "weir.durability"; });
        if (found != entries.end() && found->value) {
            m_place->set(tr("Durability"), QString::fromStdString(*found->value));
        }
    });
}

void SettingsPage::apply(const std::vector<ConfigChange>& changes) {
    m_editor->setBusy(true);
    clearProblem();
    backend().topics().alterBrokerConfig(changes, this, [this](const ClusterResult<void>& answer) {
        m_editor->setBusy(false);
        if (answer.ok()) {
            m_editor->discard();
            say(tr("Changed."));
            load();
        } else {
            showProblem(QString::fromStdString(answer.error().message));
        }
    });
}

void SettingsPage::focusSearch() {
    m_editor->focusSearch();
}

void SettingsPage::refresh() {
    load();
}

}  // namespace weir::ui
