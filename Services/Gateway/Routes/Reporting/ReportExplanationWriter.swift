import DomainModel
import Foundation
import Persistence
import Postgres

/// *Explain this number* (spec 11.2), from what was stored with the report.
enum ReportExplanationWriter {
    static func answer(_ stored: PostgresJSON) throws -> Answer {
        let data = try ReportData(json: String(decoding: stored.bytes, as: UTF8.self))
        return .json(capacity: 8192) { writer in
            writer.value([
                "site_id": .number(String(data.subject.siteID)), "domain": .string(data.subject.domain),
                "period_start": .string("\(data.period.start)"), "period_end": .string("\(data.period.end)"),
                "gathered_at": .string(data.gatheredAt.formatted(.iso8601)),
                "figures": .array(data.explanations.map(figure)),
                "sources": .array(
                    data.sources.map { source in
                        [
                            "source": .string(source.kind.rawValue),
                            "sections": .array(source.sections.map { .string($0.rawValue) }),
                            "read_at": moment(source.readAt),
                        ]
                    }
                ),
            ])
        }
    }

    private static func figure(_ explanation: ReportExplanation) -> JSON {
        [
            "figure": .string(explanation.figure.rawValue), "name": .string(explanation.figure.name),
            "value": .string(explanation.value), "formula": .string(explanation.figure.formula),
            "rows_of": .string(explanation.figure.rowsOf), "rows": .number(String(explanation.rows)),
            "from": explanation.from.map { .string("\($0)") } ?? .null,
            "to": explanation.to.map { .string("\($0)") } ?? .null,
            "fetched_at": moment(explanation.fetchedAt),
        ]
    }

    private static func moment(_ date: Date?) -> JSON { date.map { .string($0.formatted(.iso8601)) } ?? .null }

    static let schema = Schema.named(
        "ServiceReportExplanation",
        .object([
            .required("site_id", .id), .required("domain", .text(max: 253)), .required("period_start", .day),
            .required("period_end", .day), .required("gathered_at", .time),
            .required(
                "figures",
                .array(
                    .object([
                        .required("figure", .oneOf(ReportFigure.self)), .required("name", .text(max: 100)),
                        .required("value", .text(max: 100)), .required("formula", .text(max: 500)),
                        .required("rows_of", .text(max: 200)), .required("rows", .count),
                        .required("from", .nullable(.day)), .required("to", .nullable(.day)),
                        .required("fetched_at", .nullable(.time)),
                    ])
                )
            ),
            .required(
                "sources",
                .array(
                    .object([
                        .required("source", .oneOf(ReportSource.Kind.self)),
                        .required("sections", .array(.oneOf(ReportSection.self))),
                        .required("read_at", .nullable(.time)),
                    ])
                )
            ),
        ])
    )
}
