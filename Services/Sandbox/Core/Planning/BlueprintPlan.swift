import DomainModel

/// The semantic structure of a site, made of what the client told us: clusters with a hub and supporting pages each.
struct BlueprintPlan: Hashable, Sendable {
    enum Mode: String, Codable, CaseIterable, Sendable {
        case quick, detailed, full

        /// Enough titles for about a quarter: Lite writes 10 articles a month, Pro 30.
        var size: (clusters: Int, supporting: Int) {
            switch self {
            case .quick: (4, 8)
            case .detailed: (8, 12)
            case .full: (12, 14)
            }
        }
    }

    struct Cluster: Hashable, Sendable {
        var name: String
        var hubTitle: String
        var supportingTitles: [String]
    }

    struct Attribute: Hashable, Sendable {
        var name: String
        var level: String
        var values: [String]
    }

    var clusters: [Cluster]
    var attributes: [Attribute]
    /// 0 to 100.
    var authority: Int

    init(domain: String, mode: Mode, intake: Intake, sectors: [String]) {
        var dice = SiteSeed.dice(domain, "blueprint", mode.rawValue)
        let subjects = Self.subjects(intake, sectors, domain: domain, count: mode.size.clusters)
        clusters = subjects.map { subject in
            let titles = TitleBook.supporting(subject, intake).shuffled(using: &dice)
            return Cluster(
                name: subject,
                hubTitle: TitleBook.hub(subject),
                supportingTitles: Array(titles.prefix(mode.size.supporting))
            )
        }
        attributes = [
            Attribute(name: "Offer", level: "primary", values: intake.productsServices),
            Attribute(name: "Problem", level: "secondary", values: intake.problemsSolved),
            Attribute(name: "Place", level: "tertiary", values: intake.locations),
        ].filter { !$0.values.isEmpty }
        authority = 5 + Int(dice.below(35))
    }

    /// What the site sells first, then its sectors, then both seen from other sides; never the same twice.
    private static func subjects(_ intake: Intake, _ sectors: [String], domain: String, count: Int) -> [String] {
        let name = domain.split(separator: ".").first.map(String.init) ?? domain
        var roots = (intake.productsServices + sectors).map { $0.trimmed }.filter { !$0.isEmpty }
        if roots.isEmpty { roots = [intake.industry.isEmpty ? name : intake.industry] }
        let sides = [
            "", " for beginners", " for business", " prices", " care", " trends", " alternatives", " accessories",
        ]
        var subjects: [String] = []
        var seen: Set<String> = []
        for side in sides {
            for root in roots where subjects.count < count {
                let subject = String((root + side).prefix(120))
                if seen.insert(subject.lowercased()).inserted { subjects.append(subject) }
            }
        }
        return subjects
    }
}
