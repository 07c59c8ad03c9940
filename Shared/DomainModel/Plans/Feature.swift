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

    /// Whether what is held is at least what is needed. A level outside the order is never enough.
    public func isSatisfied(held: String, needed: String) -> Bool {
        guard self != .contentTypes else {
            let types = held.split(separator: ",").map { $0.drop { $0 == " " } }
            return held == "all" || (needed != "all" && types.contains { $0 == needed })
        }
        guard let held = order.firstIndex(of: held), let needed = order.firstIndex(of: needed) else { return false }
        return held >= needed
    }
}

/// What one plan holds of each feature; a feature it does not name is at its lowest level.
public struct PlanFeatures: Hashable, Sendable {
    private var levels: [Feature: String]

    /// From a plan's row; unknown keys of an older or newer release are kept out.
    public init(levels: [Feature: String]) {
        self.levels = levels
    }

    /// The level held.
    public subscript(feature: Feature) -> String {
        levels[feature] ?? feature.order.first ?? ""
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

    /// Writes every level as text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Dictionary(uniqueKeysWithValues: levels.map { ($0.rawValue, $1) }))
    }
}
