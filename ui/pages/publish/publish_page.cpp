// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/publish/publish_page.h"

#include <QHBoxLayout>
#include <QInputDialog>
#include <QMenu>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/pages/publish/file_form.h"
#include "ui/pages/publish/once_form.h"
#include "ui/pages/publish/published_model.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/forbid.h"
#include "ui/widgets/format.h"
#include "ui/widgets/jobs_strip.h"
#include "ui/widgets/rate_slider.h"
#include "ui/widgets/topic_field.h"

namespace weir::ui {

namespace {

constexpr double kSlowest = 1;
constexpr double kFastest = 100000;
const QString kTemplatesKey = QStringLiteral("publish/templates");

}  // namespace

PublishPage::PublishPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("publish"), parent) {
    setTitle(tr("Publish"));
    setFacts(tr("What you type stays until you change it"));
    m_mode = new SegmentedControl({tr("Once"), tr("Repeat"), tr("From a file")}, this);
    m_mode->setAccessibleName(tr("How to publish"));
    addHeaderWidget(m_mode);
    m_send = new QAction(tr("Publish"), this);
    m_send->setIcon(Theme::of().icon(QStringLiteral("publish"), Tint::kOnAccent));
    m_send->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    forbid(m_send, forbidden(Feature::kEdit));
    addHeaderAction(m_send, ButtonKind::kPrimary);
    buildTemplates();

    m_topic = new TopicField(tr("Topic"), this);
    m_topicHint = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, this);
    toolRow()->addWidget(makeLabel(tr("Topic"), FontRole::kBodyMedium, Tint::kText, this));
    toolRow()->addWidget(m_topic, 1);
    toolRow()->addWidget(m_topicHint, 1);

    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildForms());
    splitter->addWidget(buildResults());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({3000, 2000});
    setContent(splitter);

    connect(m_mode, &SegmentedControl::chosen, this, &PublishPage::setMode);
    connect(m_send, &QAction::triggered, this, &PublishPage::send);
    connect(m_topic, &TopicField::topicChanged, this, &PublishPage::topicChanged);
    connect(&backend.live(), &LiveFeed::changed, this, &PublishPage::topicChanged);
    topicChanged();
    setMode(kOnce);
}

QWidget* PublishPage::buildForms() {
    m_forms = new QStackedWidget(this);
    m_once = new OnceForm(backend().schemas(), OnceForm::Texts::kPlain, m_forms);
    m_forms->addWidget(m_once);
    m_forms->addWidget(buildRepeat());
    m_file = new FileForm(backend().publisher(), backend().schemas(), m_forms);
    m_forms->addWidget(m_file);
    m_forms->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    m_forms->setMinimumWidth(Theme::of().px(420));
    return m_forms;
}

QWidget* PublishPage::buildRepeat() {
    auto* page = new QWidget(m_forms);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    m_repeat = new OnceForm(backend().schemas(), OnceForm::Texts::kTemplates, page);
    m_repeat->setTexts(
        QStringLiteral("order-{{int 1 100}}"),
        QStringLiteral("{\"id\":\"{{uuid}}\",\"seq\":{{seq}},\"amount\":{{float 1 500 2}},\"at\":\"{{now}}\"}"));
    column->addWidget(m_repeat, 1);
    auto* help =
        makeLabel(tr("Generators: {{seq}} {{uuid}} {{now}} {{int 1 100}} {{float 1 100 2}} {{pick a b c}} {{name}} "
                     "{{walk 100 0.5}}"),
                  FontRole::kMono, Tint::kTextSecondary, page);
    help->setWordWrap(true);
    help->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(help);
    m_sample = makeLabel(QString(), FontRole::kMono, Tint::kText, page);
    m_sample->setWordWrap(true);
    m_sample->setAccessibleName(tr("A value as it would be sent"));
    column->addWidget(m_sample);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    m_rate = new RateSlider(kSlowest, kFastest, page);
    m_rate->setRate(10);
    m_count = new QSpinBox(page);
    m_count->setRange(0, 1000000000);
    m_count->setSpecialValueText(tr("until stopped"));
    m_count->setGroupSeparatorShown(true);
    m_count->setAccessibleName(tr("How many records"));
    row->addWidget(makeLabel(tr("Records a second"), FontRole::kBody, Tint::kText, page));
    row->addWidget(m_rate, 1);
    row->addWidget(makeLabel(tr("Records"), FontRole::kBody, Tint::kText, page));
    row->addWidget(m_count);
    column->addLayout(row);
    connect(m_repeat, &OnceForm::changed, this, &PublishPage::previewRepeat);
    previewRepeat();
    return page;
}

QWidget* PublishPage::buildResults() {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    column->setSpacing(Theme::kGap);
    column->addWidget(makeLabel(tr("Published"), FontRole::kSection, Tint::kText, box));
    m_model = new PublishedModel(this);
    m_results = new DataTable(backend().settings(), QStringLiteral("publish/results"), box);
    m_results->setSource(m_model);
    m_results->setDefaultWidths({110, 220, 120});
    m_results->setStretchColumn(1);
    m_results->setAccessibleName(tr("What was published, newest first"));
    m_results->setEmptyText(tr("What you publish is listed here, with where it went."));
    column->addWidget(m_results, 1);
    column->addWidget(new JobsStrip(backend().jobs(), {tr("Publish")}, box));
    connect(m_results, &DataTable::rowOpened, this, [this](int row) {
        const PublishedModel::Entry& entry = m_model->at(row);
        if (!entry.error.isEmpty()) {
            return;
        }
        RecordQuery query;
        query.topic = entry.topic;
        query.partitions = {entry.where.partition};
        query.start.kind = StartKind::kOffset;
        query.start.offset = entry.where.offset;
        openMessages(query);
    });
    return box;
}

void PublishPage::buildTemplates() {
    m_templates = new QMenu(tr("Templates"), this);
    addMenuAction(m_templates->menuAction());
    connect(m_templates, &QMenu::aboutToShow, this, &PublishPage::showTemplates);
    auto* save = new QAction(tr("Save as template…"), this);
    addMenuAction(save);
    connect(save, &QAction::triggered, this, &PublishPage::saveTemplate);
}

void PublishPage::showTemplates() {
    m_templates->clear();
    const QVariantMap all = backend().settings().value(kTemplatesKey).toMap();
    for (auto it = all.begin(); it != all.end(); ++it) {
        const QAction* action = m_templates->addAction(it.key());
        connect(action, &QAction::triggered, this, [this, name = it.key()] { loadTemplate(name); });
    }
    if (all.isEmpty()) {
        m_templates->addAction(tr("None saved yet"))->setEnabled(false);
    }
}

void PublishPage::saveTemplate() {
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save as template"));
    dialog->setLabelText(tr("Name"));
    dialog->setTextValue(m_topic->topic());
    dialog->setOkButtonText(tr("Save"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& name) {
        if (name.trimmed().isEmpty()) {
            return;
        }
        QVariantMap all = backend().settings().value(kTemplatesKey).toMap();
        all[name.trimmed()] = saveState();
        backend().settings().setValue(kTemplatesKey, all);
        say(tr("Saved “%1”.").arg(name.trimmed()));
    });
    dialog->open();
}

void PublishPage::loadTemplate(const QString& name) {
    restoreState(backend().settings().value(kTemplatesKey).toMap().value(name).toMap());
}

void PublishPage::setMode(int mode) {
    m_mode->setCurrent(mode);
    m_forms->setCurrentIndex(mode);
    m_send->setText(mode == kOnce ? tr("Publish") : mode == kRepeat ? tr("Start repeating") : tr("Publish file"));
    m_send->setToolTip(tr("Ctrl+Enter"));
}

void PublishPage::topicChanged() {
    const SnapshotPtr now = backend().live().current();
    m_topic->setTopics(*now);
    const QString name = m_topic->topic();
    const TopicSnapshot* topic = name.isEmpty() ? nullptr : now->findTopic(name.toStdString());
    const int partitions = topic != nullptr ? static_cast<int>(topic->partitions.size()) : 0;
    m_once->setTopic(name, partitions);
    m_repeat->setTopic(name, partitions);
    m_file->setTopic(name);
    m_send->setEnabled(!name.isEmpty());
    if (name.isEmpty()) {
        m_topicHint->setText(tr("Pick a topic, or type a new name."));
    } else if (topic == nullptr) {
        m_topicHint->setText(tr("New: it is created when you publish."));
    } else {
        m_topicHint->setText(plural(partitions, tr("partition"), tr("partitions")));
    }
}

void PublishPage::previewRepeat() {
    const auto sample = backend().publisher().previewTemplate(m_repeat->valueText().value_or(QString()));
    m_sample->setText(sample.ok() ? sample.value() : QString::fromStdString(sample.error().message));
    setTint(m_sample, sample.ok() ? Tint::kText : Tint::kBadText);
}

void PublishPage::send() {
    clearProblem();
    const QString topic = m_topic->topic();
    switch (m_mode->current()) {
        case kOnce:
            sendOnce(topic);
            break;
        case kRepeat:
            sendRepeat(topic);
            break;
        default:
            sendFile(topic);
            break;
    }
}

void PublishPage::sendOnce(const QString& topic) {
    const QString key = m_once->keyText().value_or(tr("null"));
    m_once->encoded(this, [this, topic, key](const Result<OutgoingRecord, QString>& record) {
        if (!record) {
            showProblem(record.error());
            return;
        }
        backend().publisher().publish(topic, *record, m_once->options(), this,
                                      [this, topic, key](const ClusterResult<PublishedRecord>& answer) {
                                          PublishedModel::Entry entry{topic, key, {}, {}, nowTimestamp()};
                                          if (answer.ok()) {
                                              entry.where = answer.value();
                                          } else {
                                              entry.error = QString::fromStdString(answer.error().message);
                                              showProblem(entry.error);
                                          }
                                          m_model->add(std::move(entry));
                                      });
    });
}

void PublishPage::sendRepeat(const QString& topic) {
    auto record = m_repeat->record();
    for (const std::optional<QString>& text : {m_repeat->keyText(), m_repeat->valueText()}) {
        const auto good = backend().publisher().previewTemplate(text.value_or(QString()));
        if (!good.ok()) {
            showProblem(QString::fromStdString(good.error().message));
            return;
        }
    }
    RepeatSpec spec;
    spec.topic = topic;
    spec.key = m_repeat->keyText();
    spec.value = m_repeat->valueText();
    spec.keySchema = m_repeat->keySchema();
    spec.valueSchema = m_repeat->valueSchema();
    spec.headers = record->headers;
    spec.partition = record->partition;
    spec.options = m_repeat->options();
    spec.rate = m_rate->rate();
    spec.count = m_count->value();
    backend().publisher().startRepeat(spec);
}

void PublishPage::sendFile(const QString& topic) {
    if (!m_file->hasFile()) {
        showProblem(tr("Choose a file first, or drop one onto the page."));
        return;
    }
    FileSpec spec = m_file->spec();
    spec.topic = topic;
    backend().publisher().startFile(spec);
}

void PublishPage::open(const NavigationTarget& target) {
    Page::open(target);
    if (!target.subject.isEmpty()) {
        m_topic->setTopic(target.subject);
    }
    if (target.record) {
        setMode(kOnce);
        m_once->fill(*target.record);
    }
    m_once->refreshSchemas();
    m_repeat->refreshSchemas();
    m_file->refreshSchemas();
    m_once->focusKey();
}

void PublishPage::focusSearch() {
    m_topic->setFocus(Qt::ShortcutFocusReason);
}

QVariantMap PublishPage::saveState() const {
    const auto asVariant = [](const std::optional<QString>& text) { return text ? QVariant(*text) : QVariant(); };
    const bool repeat = m_mode->current() == kRepeat;
    const OnceForm& form = repeat ? *m_repeat : *m_once;
    return {{QStringLiteral("topic"), m_topic->topic()},
            {QStringLiteral("mode"), m_mode->current()},
            {QStringLiteral("key"), asVariant(form.keyText())},
            {QStringLiteral("value"), asVariant(form.valueText())},
            {QStringLiteral("rate"), m_rate->rate()}};
}

void PublishPage::restoreState(const QVariantMap& state) {
    if (state.isEmpty()) {
        return;
    }
    const auto asText = [](const QVariant& value) {
        return value.isValid() ? std::optional(value.toString()) : std::nullopt;
    };
    const int mode = std::clamp(state.value(QStringLiteral("mode")).toInt(), 0, 2);
    m_topic->setTopic(state.value(QStringLiteral("topic")).toString());
    OnceForm& form = mode == kRepeat ? *m_repeat : *m_once;
    form.setTexts(asText(state.value(QStringLiteral("key"))), asText(state.value(QStringLiteral("value"))));
    m_rate->setRate(state.value(QStringLiteral("rate"), 10).toDouble());
    setMode(mode);
}

}  // namespace weir::ui
