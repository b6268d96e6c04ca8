// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/schemas/schema_detail.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/pages/schemas/schema_words.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/diff_view.h"
#include "ui/widgets/format.h"
#include "ui/widgets/json_view.h"

namespace weir::ui {

namespace {

enum Mode { kSchema, kChanges };

}  // namespace

SchemaDetail::SchemaDetail(Backend& backend, QWidget* parent) : QWidget(parent), m_backend(backend) {
    setAccessibleName(tr("Subject"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(Theme::kGap);
    buildHead(column);
    buildVersions(column);
    m_views = new QStackedWidget(this);
    m_text = new JsonView(m_views);
    m_text->setAccessibleName(tr("Schema"));
    m_diff = new DiffView(m_views);
    m_diff->setAccessibleName(tr("What changed"));
    m_views->addWidget(m_text);
    m_views->addWidget(m_diff);
    column->addWidget(m_views, 1);
    m_references = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, this);
    m_references->setWordWrap(true);
    column->addWidget(m_references);
    clear();
}

void SchemaDetail::buildHead(QVBoxLayout* column) {
    auto* head = new QHBoxLayout;
    head->setSpacing(Theme::kSmallGap);
    m_title = new ElidedLabel(this);
    m_title->setLook(FontRole::kMonoBold, Tint::kText);
    head->addWidget(m_title, 1);
    head->addWidget(new CopyButton(
        tr("Copy the schema's text"),
        [this] { return current() == nullptr ? QString() : QString::fromStdString(current()->text); }, this));
    column->addLayout(head);
    m_facts = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, this);
    column->addWidget(m_facts);
    auto* row = new QHBoxLayout;
    row->setSpacing(Theme::kGap);
    row->addWidget(makeLabel(tr("Compatibility"), FontRole::kBody, Tint::kText, this));
    m_level = new QComboBox(this);
    m_level->setAccessibleName(tr("Compatibility of the subject"));
    row->addWidget(m_level);
    row->addStretch(1);
    column->addLayout(row);
    m_meaning = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, this);
    m_meaning->setWordWrap(true);
    column->addWidget(m_meaning);
    column->addWidget(makeHairline(Qt::Horizontal, this));
    connect(m_level, &QComboBox::activated, this, &SchemaDetail::setLevel);
}

void SchemaDetail::buildVersions(QVBoxLayout* column) {
    auto* row = new QHBoxLayout;
    row->setSpacing(Theme::kGap);
    m_version = new QComboBox(this);
    m_version->setAccessibleName(tr("Version"));
    m_since = makeLabel(tr("since"), FontRole::kSecondary, Tint::kTextSecondary, this);
    m_before = new QComboBox(this);
    m_before->setAccessibleName(tr("Compared with version"));
    m_mode = new SegmentedControl({tr("Schema"), tr("Changes")}, this);
    m_mode->setAccessibleName(tr("What to show of the version"));
    m_mode->setChoiceTooltip(kChanges, tr("What changed between two versions"));
    m_remove = makeIconButton(QStringLiteral("delete"), tr("Delete this version"), this);
    row->addWidget(m_version);
    row->addWidget(m_since);
    row->addWidget(m_before);
    row->addStretch(1);
    row->addWidget(m_mode);
    row->addWidget(m_remove);
    column->addLayout(row);
    for (QComboBox* box : {m_version, m_before}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    }
    connect(m_version, &QComboBox::activated, this, [this] {
        // The one before it is what one wants to compare with.
        const int older = m_version->currentIndex() + 1;
        m_before->setCurrentIndex(std::min(older, m_before->count() - 1));
        showText();
    });
    connect(m_before, &QComboBox::activated, this, &SchemaDetail::showText);
    connect(m_mode, &SegmentedControl::chosen, this, &SchemaDetail::showText);
    connect(m_remove, &QToolButton::clicked, this, &SchemaDetail::removeVersionRequested);
}

void SchemaDetail::clear() {
    ++m_asked;
    m_name.clear();
    m_subject = {};
    m_versions.clear();
    m_title->setText(tr("No subject selected"));
    m_facts->clear();
    m_meaning->clear();
    m_references->clear();
    m_version->clear();
    m_before->clear();
    m_level->clear();
    m_text->clear();
    m_diff->setTexts({}, {});
    m_remove->setEnabled(false);
}

void SchemaDetail::show(const SchemaSubject& subject, const QString& levelOfAll) {
    const QString name = QString::fromStdString(subject.latest.subject);
    const bool isOther = name != m_name;
    if (!isOther && subject == m_subject && levelOfAll == m_levelOfAll) {
        return;
    }
    const bool hasOtherVersions =
        isOther || subject.latest != m_subject.latest || subject.versionCount != m_subject.versionCount;
    if (isOther) {
        clear();
    }
    m_name = name;
    m_levelOfAll = levelOfAll;
    m_subject = subject;
    m_title->setText(name);
    m_facts->setText(tr("%1 · %2 · latest id %3")
                         .arg(schemaTypeWord(subject.latest.type),
                              plural(subject.versionCount, tr("version"), tr("versions")),
                              formatCount(subject.latest.id)));
    fillLevels();
    if (hasOtherVersions) {
        load();
    }
}

void SchemaDetail::fillLevels() {
    const QSignalBlocker quiet(m_level);
    m_level->clear();
    m_level->addItem(tr("As all: %1").arg(m_levelOfAll), QString());
    for (const QString& level : schemaLevels()) {
        m_level->addItem(level, level);
    }
    const QString now = QString::fromStdString(m_subject.compatibility);
    m_level->setCurrentIndex(m_subject.isOwnCompatibility ? m_level->findData(now) : 0);
    m_meaning->setText(meaningOfLevel(now));
}

void SchemaDetail::load() {
    const int asked = ++m_asked;
    m_backend.schemas().versions(m_name, this, [this, asked](const ClusterResult<std::vector<SchemaVersion>>& answer) {
        if (asked != m_asked) {
            return;
        }
        if (!answer.ok()) {
            Q_EMIT failed(QString::fromStdString(answer.error().message));
            return;
        }
        const bool wasLatest = m_version->currentIndex() <= 0;
        const int before = current() != nullptr && !wasLatest ? current()->version : 0;
        m_versions = answer.value();
        fillVersions();
        const auto kept = m_version->findData(before);
        m_version->setCurrentIndex(kept >= 0 ? kept : 0);
        m_before->setCurrentIndex(std::min(m_version->currentIndex() + 1, m_before->count() - 1));
        showText();
    });
}

void SchemaDetail::fillVersions() {
    for (QComboBox* box : {m_version, m_before}) {
        const QSignalBlocker quiet(box);
        box->clear();
        for (auto each = m_versions.rbegin(); each != m_versions.rend(); ++each) {
            const QString name = tr("Version %1").arg(each->version);
            box->addItem(box == m_version ? tr("%1 · id %2").arg(name).arg(each->id) : name, each->version);
        }
    }
    m_mode->setEnabled(m_versions.size() > 1);
    m_mode->setToolTip(m_versions.size() > 1 ? QString() : tr("There is only one version to look at."));
    if (m_versions.size() < 2) {
        m_mode->setCurrent(kSchema);
    }
}

const SchemaVersion* SchemaDetail::versionOf(const QComboBox& box) const {
    const int wanted = box.currentData().toInt();
    const auto found = std::find_if(m_versions.begin(), m_versions.end(),
                                    [wanted](const SchemaVersion& each) { return each.version == wanted; });
    return found == m_versions.end() ? nullptr : &*found;
}

const SchemaVersion* SchemaDetail::current() const {
    return versionOf(*m_version);
}

void SchemaDetail::showText() {
    const bool isDiff = m_mode->current() == kChanges;
    m_since->setVisible(isDiff);
    m_before->setVisible(isDiff);
    m_remove->setVisible(!isDiff);
    m_views->setCurrentIndex(isDiff ? 1 : 0);
    const SchemaVersion* now = current();
    m_remove->setEnabled(now != nullptr);
    if (now == nullptr) {
        return;
    }
    const QString text = QString::fromStdString(now->text);
    if (isDiff) {
        const SchemaVersion* before = versionOf(*m_before);
        m_diff->setTexts(before == nullptr ? QString() : QString::fromStdString(before->text), text);
    } else if (isJsonText(now->type)) {
        m_text->setJson(text);
    } else {
        m_text->setPlainText(text);
    }
    QStringList uses;
    for (const SchemaReference& each : now->references) {
        uses.append(wordsOf(each));
    }
    m_references->setText(uses.isEmpty() ? QString() : tr("Uses: %1").arg(uses.join(QStringLiteral(" · "))));
    m_references->setVisible(!uses.isEmpty());
}

void SchemaDetail::setLevel(int index) {
    m_backend.schemas().setCompatibility(m_name, m_level->itemData(index).toString(), this,
                                         [this](const ClusterResult<void>& answer) {
                                             if (!answer.ok()) {
                                                 fillLevels();
                                                 Q_EMIT failed(QString::fromStdString(answer.error().message));
                                             }
                                             Q_EMIT changed();
                                         });
}

}  // namespace weir::ui
