/// What a plan opens; the levels of each are comparable only inside its own order (spec 6).
public enum Feature: String, CaseIterable, Sendable, Codable {
    case sagMode = "sag_mode"
    case contentTypes = "content_types"
    case taxonomyContent = "taxonomy_content"
    case gscLevel = "gsc_level"
    case linkerLevel = "linker_level"
    case backlinksLevel = "backlinks_level"
    case optimizerLevel = "optimizer_level"
    case schemaTypes = "schema_types"
    case socializerPlatforms = "socializer_platforms"
    case videoLevel = "video_level"
    case ahrefsLevel = "ahrefs_level"
    case backlinkIndexing = "backlink_indexing"
    case reportLevel = "report_level"
    case whiteLabel = "white_label"
    case apiAccess = "api_access"
    case managedServices = "managed_services"

    /// The levels from least to most. ``contentTypes`` has none: its value is a list of types or `all`.
    public var order: [String] {
        switch self {
        case .sagMode: ["quick", "detailed", "full"]
        case .contentTypes: []
        case .taxonomyContent, .backlinkIndexing, .whiteLabel: ["false", "true"]
        case .gscLevel: ["none", "basic", "full"]
        case .linkerLevel: ["none", "audit", "auto", "full"]
        case .backlinksLevel: ["none", "self_service", "self_service_api"]
        case .optimizerLevel: ["none", "basic", "full", "batch"]
        case .schemaTypes: ["0", "1", "5", "10", "all_retroactive"]
        case .socializerPlatforms: ["0", "2", "all", "all_auto"]
        case .videoLevel: ["none", "short", "all"]
        case .ahrefsLevel, .apiAccess: ["none", "readonly", "full"]
        case .reportLevel: ["none", "monthly", "weekly_custom"]
        case .managedServices: ["none", "lite", "lite_pro"]
        }
    }

    /// What every account could do before this feature had a gate. A plan that does not name the feature yet gives this
    /// much, so that a release which brings a gate closes nothing before `migrate_plan_features` has run (spec 6). These
    /// sixteen had their gates from the first day; a feature that gets one later says here what was open until then.
    public var levelBeforeGate: String { order.first ?? "" }

    /// Whether a level may be needed of this feature: one of its order, or a content type by its name.
    public func knows(_ level: String) -> Bool {
        guard self == .contentTypes else { return order.contains(level) }
        return !level.isEmpty && level.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }
    }

    /// Whether what is held is at least what is needed. A level outside the order is never enough.
    public func isSatisfied(held: String, needed: String) -> Bool {
        guard self != .contentTypes else {
            return held == "all" || (needed != "all" && !needed.isEmpty && Self.types(held).contains(needed))
        }
        guard let held = order.firstIndex(of: held), let needed = order.firstIndex(of: needed) else { return false }
        return held >= needed
    }

    /// The more of two levels that are held; of two lists, all that is on either.
    public func more(of level: String, and other: String) -> String {
        guard self == .contentTypes else {
            return (order.firstIndex(of: level) ?? -1) >= (order.firstIndex(of: other) ?? -1) ? level : other
        }
        if level == "all" || other == "all" { return "all" }
        let types = Self.types(level)
        return (types + Self.types(other).filter { !types.contains($0) }).joined(separator: ",")
    }

    /// `post, page` as its parts.
    static func types(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }
}

/// What one plan holds of each feature; of one it does not name, what all could do before there was a gate.
public struct PlanFeatures: Hashable, Sendable {
    private var levels: [Feature: String]

    /// The features it names.
    public var named: Set<Feature> { Set(levels.keys) }

    /// From a plan's row; unknown keys of an older or newer release are kept out.
    public init(levels: [Feature: String]) {
        self.levels = levels
    }

    /// The level held.
    public subscript(feature: Feature) -> String {
        levels[feature] ?? feature.levelBeforeGate
    }
}

extension PlanFeatures: Codable {
    /// Reads `{"sag_mode": "full", "content_types": ["post", "page"], "white_label": true, "schema_types": 5}`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.singleValueContainer().decode([String: JSONValue].self)
        levels = [:]
        for (name, value) in values {
            guard let feature = Feature(rawValue: name) else { continue }
            switch value {
            case .string(let level): levels[feature] = level
            case .bool(let isOn): levels[feature] = String(isOn)
            case .integer(let count): levels[feature] = String(count)
            case .array(let items):
                levels[feature] = items.compactMap { if case .string(let item) = $0 { item } else { nil } }
                    .joined(separator: ",")
            case .null, .number, .object: continue
            }
        }
    }

    /// Writes every level as text, and a list as an array.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(
            Dictionary(
                uniqueKeysWithValues: levels.map { feature, level in
                    let isList = feature == .contentTypes && level != "all"
                    let value = isList ? JSONValue.array(Feature.types(level).map { .string($0) }) : .string(level)
                    return (feature.rawValue, value)
                }
            )
        )
    }
}
