public import Mustache

/// What a template is filled with: texts as they are to be read, flags, lists and objects. A member that has nothing to
/// say is not there.
public indirect enum View: Hashable, Sendable {
    case text(String)
    case flag(Bool)
    case list([View])
    case object([String: View])

    /// A member of an object.
    public subscript(_ name: String) -> View? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// As Mustache takes it.
    var value: Any {
        switch self {
        case .text(let text): text
        case .flag(let flag): flag
        case .list(let list): list
        case .object: self
        }
    }
}

extension View: MustacheParent {
    public func child(named name: String) -> Any? { self[name]?.value }
}

extension View: MustacheCustomRenderable {
    public var renderText: String { if case .text(let text) = self { text } else { "" } }
    public var isNull: Bool { false }
}

extension View: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral text: String) { self = .text(text) }
    public init(booleanLiteral flag: Bool) { self = .flag(flag) }
}

extension View {
    /// An object of what is there.
    static func sparse(_ members: KeyValuePairs<String, View?>) -> View {
        var object: [String: View] = [:]
        for (name, view) in members { object[name] = view }
        return .object(object)
    }

    /// A text, or nothing for an empty one: Mustache takes an empty text for one that is there.
    static func text(ifAny text: String?) -> View? {
        guard let text, !text.isEmpty else { return nil }
        return .text(text)
    }

    /// A flag that is set, or nothing.
    static func flag(if condition: Bool) -> View? { condition ? .flag(true) : nil }

    static func texts(_ texts: [String]) -> View { .list(texts.map(View.text)) }
}
