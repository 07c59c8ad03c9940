import DomainModel

/// Which articles a delivery month is made of: chosen from the blueprint's clusters, always the same for the same facts.
struct MonthPlan {
    /// A cluster of the approved blueprint.
    struct Cluster: Sendable {
        let id: Int64
        let sectorID: Sector.ID?
        let name: String
        let hubTitle: String
        let supportingTitles: [String]
    }

    /// One article of the month.
    struct Article: Sendable, Hashable {
        /// 1 for the first; with the subscription and the month it is the task's identity.
        let position: Int
        let cluster: Int64
        let title: String
        let isHub: Bool
        /// The day it is to be published.
        let day: CalendarDay
    }

    /// The articles of the served part of a month, spread evenly over its days.
    ///
    /// Pro takes every hub that has not been written before the first supporting page; Lite goes cluster by cluster, its
    /// hub first. When a blueprint is used up, its clusters are gone round again from other angles.
    /// - Parameters:
    ///   - clusters: by priority.
    ///   - written: titles of earlier months.
    static func articles(
        target: Int,
        tier: ServiceTier,
        clusters: [Cluster],
        written: Set<String>,
        served: Proration
    ) -> [Article] {
        guard !clusters.isEmpty, served.days > 0, target > 0 else { return [] }
        var taken = written
        var topics: [Topic] = []
        func take(_ topic: Topic) {
            if topics.count < target, taken.insert(topic.title).inserted { topics.append(topic) }
        }
        for topic in order(clusters, tier: tier) { take(topic) }
        var round = 0
        while topics.count < target {
            let suffix = round < angles.count ? angles[round] : "part \(round - angles.count + 2)"
            for cluster in clusters {
                take(Topic(cluster: cluster.id, title: "\(cluster.name): \(suffix)", isHub: false))
            }
            round += 1
        }
        return topics.enumerated().map { index, topic in
            Article(
                position: index + 1,
                cluster: topic.cluster,
                title: topic.title,
                isHub: topic.isHub,
                day: served.from.adding(days: index * served.days / target)
            )
        }
    }

    private struct Topic {
        let cluster: Int64
        let title: String
        let isHub: Bool
    }

    private static func order(_ clusters: [Cluster], tier: ServiceTier) -> [Topic] {
        let hubs = clusters.map { Topic(cluster: $0.id, title: $0.hubTitle, isHub: true) }
        let supporting = clusters.map { cluster in
            cluster.supportingTitles.map { Topic(cluster: cluster.id, title: $0, isHub: false) }
        }
        switch tier {
        case .pro: return hubs + supporting.flatMap(\.self)
        case .lite: return zip(hubs, supporting).flatMap { [$0] + $1 }
        }
    }

    private static let angles = [
        "a practical guide", "what it costs", "common questions", "mistakes to avoid", "how to choose", "a checklist",
        "examples that work", "what is new", "the options compared", "advice from the trade",
    ]
}
