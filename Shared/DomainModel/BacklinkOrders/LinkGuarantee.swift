public import Foundation

/// The guarantee clock of a link (spec 11.6): it runs from the day of delivery, and a link that fails inside it is the
/// vendor's to answer for. The day that counts is that of the first failure: a second look decides a day later, and a link
/// that broke on the last day must not be ours to pay for because we look twice.
public enum LinkGuarantee {
    /// Whether a lost link is the vendor's to answer for.
    public static func covers(_ link: Backlink, in zone: TimeZone) -> Bool {
        guard link.status == .lost, let until = link.guaranteeUntil,
            let failed = link.times.suspected ?? link.times.lost
        else { return false }
        return CalendarDay(of: failed, in: zone) <= until
    }

    /// The letter to the vendor: which link, what was promised, and what our looks found.
    /// - Parameter looks: the link's checks with their moments, the newest first.
    public static func letter(
        about link: Backlink,
        of publisher: Publisher?,
        looks: [(at: Date, check: BacklinkCheck)],
        in zone: TimeZone
    ) -> String {
        let failures = looks.filter {
            $0.check.verdict.testimony == .absent && $0.at >= (link.times.suspected ?? $0.at)
        }
        let seen = looks.first { $0.check.verdict.testimony == .present }
        // The newest and the first of them: two witnesses of two days.
        let witnesses = [failures.first, failures.count > 1 ? failures.last : nil].compactMap(\.self)
        func day(_ moment: Date?) -> String {
            moment.map { CalendarDay(of: $0, in: zone).description } ?? "an unknown day"
        }
        var lines = [
            "A link that you placed is no longer there, within your guarantee.",
            "",
            "Page: \(link.source?.url ?? "unknown")",
            "Link to: \(link.targetURL)",
            "Its words: \(link.anchorText.isEmpty ? "as agreed" : link.anchorText)",
        ]
        if let publisher {
            lines.append("Placed by: \(publisher.listing.domain) (\(publisher.listing.marketplace.rawValue))")
        }
        if let reference = link.supplierReference { lines.append("Your reference: \(reference)") }
        lines += [
            "Delivered on \(day(link.times.delivered)); guaranteed until \(link.guaranteeUntil?.description ?? "")", "",
            "What we found:",
        ]
        for look in witnesses.reversed() { lines += evidence(look.at, look.check) }
        if let seen { lines += ["", "It was last seen:"] + evidence(seen.at, seen.check) }
        if link.standing.ahrefsLostAt != nil {
            lines.append("Ahrefs lists it as lost since \(day(link.standing.ahrefsLostAt)).")
        }
        lines += [
            "",
            "Please put it back, place another one of the same strength, or give back \(link.cost).",
        ]
        return lines.joined(separator: "\n")
    }

    private static func evidence(_ moment: Date, _ check: BacklinkCheck) -> [String] {
        var words = "- \(moment.formatted(.iso8601)): \(check.verdict.words)"
        if let status = check.httpStatus { words += ", HTTP \(status)" }
        if !check.detail.isEmpty { words += " (\(check.detail))" }
        var lines = [words]
        if let url = check.finalURL, url != check.requestedURL { lines.append("  led to \(url)") }
        if let hash = check.pageHash {
            lines.append("  SHA-256 of the page: " + hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        }
        return lines
    }
}
