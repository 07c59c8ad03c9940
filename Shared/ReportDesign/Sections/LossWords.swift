import DomainModel

/// What was lost, is late or failed: always told (spec 11.11).
enum LossWords {
    static func finding(_ pen: Pen) -> String {
        let losses = pen.data.losses
        var parts: [String] = []
        if !losses.links.isEmpty { parts.append("\(English.things(losses.links.count, "link")) lost") }
        if losses.rejected > 0 { parts.append("\(English.things(losses.rejected, "link")) refused") }
        if losses.lateLinks > 0 { parts.append("\(English.things(losses.lateLinks, "link")) late") }
        if let behind = pen.data.content?.facts?.overdue, behind > 0 {
            parts.append("\(English.things(behind, "article")) behind")
        }
        if !losses.delays.isEmpty { parts.append(English.things(losses.delays.count, "delay")) }
        if !losses.indexingFailures.isEmpty {
            parts.append("\(English.things(losses.indexingFailures.count, "link")) not indexed")
        }
        if !losses.refunds.isEmpty { parts.append(English.things(losses.refunds.count, "credit note")) }
        let told = parts.isEmpty ? "Nothing was lost and nothing is late." : English.sentence(English.list(parts)) + "."
        return told + " This page is part of every report."
    }

    static func blocks(_ pen: Pen) -> [View] {
        let losses = pen.data.losses
        return [
            Block.list(
                losses.anomalies.isEmpty ? nil : "What stands out",
                losses.anomalies.prefix(4).map { (anomaly($0, pen), nil) }
            ),
            links(losses, pen), delays(losses, pen), failures(losses, pen), refunds(losses),
        ].compactMap { $0 }
    }

    /// `6 of 7 lost links stood on one host: news.example`.
    static func anomaly(_ anomaly: ReportAnomaly, _ pen: Pen) -> String {
        let share = "\(English.count(anomaly.part)) of \(English.count(anomaly.whole))"
        return switch anomaly.kind {
        case .lossesOnHost: "\(share) lost links stood on one host: \(anomaly.name)"
        case .lossesOfPublisher: "\(share) lost links came from one publisher: \(anomaly.name)"
        case .lossesOfOneKind: "\(share) lost links failed in the same way: \(verdict(anomaly.name, nil))"
        case .clicksOfPage:
            "Of \(English.count(anomaly.whole)) clicks that pages lost, \(English.count(anomaly.part)) are one page’s: \(English.shortened(English.page(anomaly.name, of: pen.domain), 80))"
        case .errorsOfOneKind: "\(share) pages with an error have the same one: \(anomaly.name)"
        }
    }

    static func verdict(_ verdict: String, _ status: Int?) -> String {
        let text =
            switch LinkVerdict(rawValue: verdict) {
            case .missing: "the link is no longer on the page"
            case .gone: "the page is gone"
            case .noindex: "the page asks search engines to leave it out"
            case .canonicalized: "the page names another one in its place"
            case .blocked: "the page keeps search engines out"
            case .unreachable: "the page cannot be reached"
            case .refused: "the page refuses to be read"
            case .nofollow: "the link no longer counts"
            default: English.word(verdict).lowercased()
            }
        return status.map { $0 >= 300 ? "\(text) (\($0))" : text } ?? text
    }

    private static func links(_ losses: LossFacts, _ pen: Pen) -> View? {
        Block.table(
            losses.links.isEmpty ? nil : "Lost links",
            [.init("Link", 32), .init("Lost", 10), .init("Cause and evidence", 34), .init("What we do", 24)],
            losses.links.prefix(50).map { link in
                [
                    Block.Cell(
                        English.shortened(link.sourceDomain, 50) + " to "
                            + English.shortened(English.page(link.targetURL, of: pen.domain), 40)
                            + (link.rating.map { ", DR \($0)" } ?? ""),
                        href: link.sourceURL
                    ),
                    Block.Cell(link.lostOn.short), Block.Cell(cause(link)), Block.Cell(remedy(link)),
                ]
            },
            more: losses.links.count > 50
                ? "And \(English.count(losses.links.count - 50)) more, which the portal lists." : nil
        )
    }

    private static func cause(_ link: LossFacts.LostLink) -> String {
        var text = English.sentence(
            link.verdict.map { verdict($0, link.httpStatus) } ?? "the link was not found any more"
        )
        if !link.evidence.isEmpty {
            text +=
                "; seen by "
                + English.list(
                    link.evidence.map { ($0.witness == "ahrefs" ? "Ahrefs" : "us") + " on \($0.on.short)" }
                )
        } else if !link.reason.isEmpty {
            text += "; \(link.reason)"
        }
        return text
    }

    private static func remedy(_ link: LossFacts.LostLink) -> String {
        if let other = link.replacement {
            return switch other.status {
            case "live": "Replaced by a link on \(English.shortened(other.sourceDomain ?? "another site", 50))"
            case "pending": "A link on \(English.shortened(other.sourceDomain ?? "another site", 50)) is being checked"
            default: "A replacement is ordered"
            }
        }
        return switch link.claim {
        case "draft", "sent": "Claimed under the publisher’s guarantee"
        case "refunded": "The publisher has paid it back"
        case "restored": "The publisher has put it back"
        case "replaced": "The publisher has replaced it"
        case "refused": "The publisher refused the claim; we look for another place"
        default: "A replacement is being looked for"
        }
    }

    private static func delays(_ losses: LossFacts, _ pen: Pen) -> View? {
        var rows = losses.delays.map { delay in
            [
                Block.Cell(name(delay.kind)), Block.Cell(delay.detail.isEmpty ? "–" : delay.detail),
                Block.Cell(delay.since.short), Block.Cell(delay.clearedOn.map { "until \($0.short)" } ?? "still open"),
            ]
        }
        if losses.lateLinks > 0 {
            rows.append([
                "Links late",
                Block.Cell(
                    "\(English.things(losses.lateLinks, "link")) \(losses.lateLinks == 1 ? "was" : "were") promised by the end of the period"
                ), "–", "still open",
            ])
        }
        return Block.table(
            rows.isEmpty ? nil : "Delays",
            [.init("What", 22), .init("How much", 44), .init("Since", 14), .init("State", 20)],
            rows
        )
    }

    private static func name(_ kind: DeliveryFlagKind) -> String {
        switch kind {
        case .contentBehind: "Articles behind"
        case .linksBehind: "Links behind"
        case .reportLate: "A report was late"
        case .onboardingBlocked: "Start held up"
        case .paymentFailed, .paymentDisputed: "Payment"
        case .linkLost: "Link lost"
        case .indexingFailed: "Indexing failed"
        case .consentNeeded: "Search Console closed to us"
        }
    }

    private static func failures(_ losses: LossFacts, _ pen: Pen) -> View? {
        Block.table(
            losses.indexingFailures.isEmpty ? nil : "Links that could not be brought into the index",
            [.init("Page", 62), .init("Submitted", 19, isRight: true), .init("Checks", 19, isRight: true)],
            losses.indexingFailures.prefix(12).map { failure in
                [
                    Block.Cell(English.shortened(English.page(failure.url, of: pen.domain), 80), href: failure.url),
                    Block.Cell(failure.submittedOn?.short ?? "–"), Block.Cell(English.count(failure.checks)),
                ]
            },
            more: losses.indexingFailures.count > 12
                ? "And \(English.count(losses.indexingFailures.count - 12)) more." : nil
        )
    }

    private static func refunds(_ losses: LossFacts) -> View? {
        Block.table(
            losses.refunds.isEmpty ? nil : "Given back",
            [
                .init("Credit note", 18), .init("Of invoice", 18), .init("Reason", 34),
                .init("Issued", 12, isRight: true),
                .init("Amount", 18, isRight: true),
            ],
            losses.refunds.map { refund in
                [
                    Block.Cell(refund.number), Block.Cell(refund.invoiceNumber),
                    Block.Cell(English.shortened(refund.reason, 120)), Block.Cell(refund.issuedOn.short),
                    Block.Cell(English.money(refund.amount)),
                ]
            }
        )
    }
}
