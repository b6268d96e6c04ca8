// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/schemas/schema_panels.h"

#include <QCompleter>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/pages/schemas/schema_words.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"

namespace weir::ui {

namespace {

constexpr int kCheckAfterMs = 300;

QPlainTextEdit* makeEditor(int height, QWidget* parent) {
    auto* editor = new QPlainTextEdit(parent);
    editor->setFont(Theme::of().font(FontRole::kMono));
    editor->setLineWrapMode(QPlainTextEdit::NoWrap);
    editor->setTabChangesFocus(true);
    editor->setMinimumHeight(Theme::of().px(height));
    return editor;
}

QString removeTitle(std::size_t subjects, std::optional<int> version) {
    return version ? RemoveSchemasPanel::tr("Delete version %1").arg(*version)
                   : RemoveSchemasPanel::tr("Delete %1")
                         .arg(plural(static_cast<qint64>(subjects), RemoveSchemasPanel::tr("subject"),
                                     RemoveSchemasPanel::tr("subjects")));
}

/// "name = subject version", a line each.
const QRegularExpression& referenceLine() {
    static const QRegularExpression kLine(QStringLiteral(R"(^\s*(\S+)\s*=\s*(\S+)\s+(\d+)\s*$)"));
    return kLine;
}

}  // namespace

NewSchemaPanel::NewSchemaPanel(Backend& backend, const std::optional<SchemaVersion>& from, QWidget* parent)
    : SidePanel(from ? tr("New version of %1").arg(QString::fromStdString(from->subject)) : tr("Add a schema"), parent),
      m_backend(backend) {
    setWide(true);
    m_subject = new QLineEdit(this);
    m_subject->setFont(Theme::of().font(FontRole::kMono));
    m_subject->setPlaceholderText(tr("orders-value"));
    m_subject->setClearButtonEnabled(true);
    QStringList names;
    for (const auto& topic : backend.live().current()->topics) {
        if (!topic->isInternal) {
            names << QString::fromStdString(topic->name) + QStringLiteral("-value")
                  << QString::fromStdString(topic->name) + QStringLiteral("-key");
        }
    }
    auto* completer = new QCompleter(names, m_subject);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_subject->setCompleter(completer);
    addField(tr("Subject"), m_subject,
             tr("By custom the topic's name with -value or -key: so serializers look for it."));
    m_type = new SegmentedControl({tr("Avro"), tr("JSON Schema"), tr("Protobuf")}, this);
    m_type->setAccessibleName(tr("Type"));
    addField(tr("Type"), m_type);
    m_text = makeEditor(300, this);
    addField(tr("Schema"), m_text);
    m_verdict = makeLabel(QString(), FontRole::kBody, Tint::kTextSecondary, this);
    m_verdict->setWordWrap(true);
    m_verdict->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_verdict->setAccessibleName(tr("Whether it will be taken"));
    body()->addSpacing(Theme::kGap);
    body()->addWidget(m_verdict);
    m_references = makeEditor(60, this);
    m_references->setMaximumHeight(Theme::of().px(90));
    addField(tr("References"), m_references,
             tr("Where the text uses other schemas, a line for each: name = subject version, as in "
                "money.proto = money 1"));
    if (from) {
        m_subject->setText(QString::fromStdString(from->subject));
        m_subject->setReadOnly(true);
        m_subject->setClearButtonEnabled(false);
        m_type->setCurrent(static_cast<int>(schemaTypes().indexOf(QString::fromStdString(from->type))));
        m_text->setPlainText(QString::fromStdString(from->text));
        QStringList lines;
        for (const SchemaReference& each : from->references) {
            lines.append(QStringLiteral("%1 = %2 %3")
                             .arg(QString::fromStdString(each.name), QString::fromStdString(each.subject))
                             .arg(each.version));
        }
        m_references->setPlainText(lines.join(QLatin1Char('\n')));
    }
    setPrimary(tr("Register"));
    m_pause.setSingleShot(true);
    m_pause.setInterval(kCheckAfterMs);
    connect(&m_pause, &QTimer::timeout, this, &NewSchemaPanel::check);
    connect(m_subject, &QLineEdit::textChanged, this, &NewSchemaPanel::edited);
    connect(m_type, &SegmentedControl::chosen, this, &NewSchemaPanel::edited);
    connect(m_text, &QPlainTextEdit::textChanged, this, &NewSchemaPanel::edited);
    connect(m_references, &QPlainTextEdit::textChanged, this, &NewSchemaPanel::edited);
    connect(this, &SidePanel::accepted, this, &NewSchemaPanel::run);
    edited();
}

NewSchema NewSchemaPanel::schema() const {
    NewSchema schema;
    schema.subject = m_subject->text().trimmed().toStdString();
    schema.type = schemaTypes().value(m_type->current()).toStdString();
    schema.text = m_text->toPlainText().toStdString();
    for (const QString& line : m_references->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const auto match = referenceLine().match(line);
        schema.references.push_back(
            {match.captured(1).toStdString(), match.captured(2).toStdString(), match.captured(3).toInt()});
    }
    return schema;
}

QString NewSchemaPanel::whyIncomplete() const {
    if (m_subject->text().trimmed().isEmpty()) {
        return tr("Name the subject first.");
    }
    if (m_text->toPlainText().trimmed().isEmpty()) {
        return tr("Write or paste the schema first.");
    }
    for (const QString& line : m_references->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        if (!line.trimmed().isEmpty() && !referenceLine().match(line).hasMatch()) {
            return tr("A reference is written as name = subject version; this one is not: %1").arg(line.trimmed());
        }
    }
    return {};
}

void NewSchemaPanel::edited() {
    ++m_asked;
    clearError();
    const QString why = whyIncomplete();
    say(why.isEmpty() ? tr("Checking…") : why, Tint::kTextSecondary, false);
    if (why.isEmpty()) {
        m_pause.start();
    } else {
        m_pause.stop();
    }
}

void NewSchemaPanel::say(const QString& sentence, Tint tint, bool canRegister) {
    m_verdict->setText(sentence);
    setTint(m_verdict, tint);
    setPrimaryEnabled(canRegister, sentence.section(QLatin1Char('\n'), 0, 0));
}

void NewSchemaPanel::check() {
    const int asked = m_asked;
    m_backend.schemas().check(schema(), this, [this, asked](const ClusterResult<SchemaVerdict>& answer) {
        if (asked == m_asked) {
            showVerdict(answer);
        }
    });
}

void NewSchemaPanel::showVerdict(const ClusterResult<SchemaVerdict>& answer) {
    if (!answer.ok()) {
        say(QString::fromStdString(answer.error().message), Tint::kBadText, false);
        return;
    }
    const SchemaVerdict& verdict = answer.value();
    const QString level = QString::fromStdString(verdict.compatibility);
    if (verdict.known) {
        say(tr("This subject has the schema already: version %1, id %2.")
                .arg(verdict.known->version)
                .arg(verdict.known->id),
            Tint::kTextSecondary, false);
    } else if (verdict.conflicts.empty()) {
        say(tr("It will be taken: it keeps to %1.").arg(level), Tint::kOkText, true);
    } else {
        QStringList lines{tr("It would be refused: it does not keep to %1, held against version %2.")
                              .arg(level)
                              .arg(verdict.against)};
        for (const std::string& each : verdict.conflicts) {
            lines.append(QStringLiteral("• ") + QString::fromStdString(each));
        }
        say(lines.join(QLatin1Char('\n')), Tint::kBadText, false);
    }
}

void NewSchemaPanel::run() {
    setBusy(true);
    clearError();
    m_backend.schemas().add(schema(), this, [this](const ClusterResult<SchemaVersion>& answer) {
        setBusy(false);
        if (!answer.ok()) {
            showError(QString::fromStdString(answer.error().message));
            return;
        }
        Q_EMIT registered(answer.value());
        close();
    });
}

RemoveSchemasPanel::RemoveSchemasPanel(Backend& backend, std::vector<SchemaSubject> subjects,
                                       std::optional<int> version, QWidget* parent)
    : SidePanel(removeTitle(subjects.size(), version), parent),
      m_backend(backend),
      m_subjects(std::move(subjects)),
      m_version(version) {
    auto* label = makeLabel(
        tr("It is no longer offered to those who register or look for the latest version. Records that were written "
           "with it can still be read: it stays known by its id."),
        FontRole::kBody, Tint::kText, this);
    label->setWordWrap(true);
    body()->addWidget(label);
    body()->addSpacing(Theme::kGap);
    for (const SchemaSubject& each : m_subjects) {
        const QString name = QString::fromStdString(each.latest.subject);
        body()->addWidget(
            makeLabel(m_version ? tr("%1, version %2").arg(name).arg(*m_version)
                                : tr("%1, %2").arg(name, plural(each.versionCount, tr("version"), tr("versions"))),
                      FontRole::kMono, Tint::kText, this));
    }
    setPrimary(removeTitle(m_subjects.size(), m_version), ButtonKind::kDanger);
    connect(this, &SidePanel::accepted, this, &RemoveSchemasPanel::run);
}

void RemoveSchemasPanel::run() {
    setBusy(true);
    clearError();
    m_failures.clear();
    m_open = m_subjects.size();
    for (const SchemaSubject& each : m_subjects) {
        m_backend.schemas().remove(
            QString::fromStdString(each.latest.subject), m_version, this,
            [this, each](const ClusterResult<std::vector<int>>& answer) { answered(each, answer); });
    }
}

void RemoveSchemasPanel::answered(const SchemaSubject& subject, const ClusterResult<std::vector<int>>& answer) {
    if (answer.ok()) {
        m_removed.push_back({subject, answer.value()});
    } else {
        m_failures.append(QString::fromStdString(answer.error().message));
    }
    if (--m_open > 0) {
        return;
    }
    setBusy(false);
    Q_EMIT finished();
    if (m_failures.isEmpty()) {
        close();
        return;
    }
    // What is gone already must not be asked for again.
    std::erase_if(m_subjects, [this](const SchemaSubject& each) {
        return std::any_of(m_removed.begin(), m_removed.end(),
                           [&each](const Removed& gone) { return gone.subject.latest.subject == each.latest.subject; });
    });
    m_removed.clear();
    showError(m_failures.join(QLatin1Char('\n')));
}

}  // namespace weir::ui
