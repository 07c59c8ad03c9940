import CLibXML2

/// What is met while a page is read, in the order of its text.
public protocol HTMLVisitor: AnyObject {
    /// An element begins. Names of elements and attributes are in lower case, values have their entities resolved; an
    /// attribute without a value has none.
    /// - Parameter offset: how many bytes of the page were read by then: the end of the tag.
    func begin(_ name: String, _ attributes: [HTMLAttribute], at offset: Int)
    /// An element ends, also where the page forgot to say so.
    func end(_ name: String)
    /// Text, entities resolved; also that of scripts and styles. May come in pieces.
    func text(_ text: UnsafeBufferPointer<UInt8>)
}

/// An attribute of an element.
public struct HTMLAttribute: Sendable, Hashable {
    /// In lower case.
    public let name: String
    /// Nil for one without a value: `hidden`.
    public let value: String?

    /// An attribute, for tests.
    public init(_ name: String, _ value: String?) {
        self.name = name
        self.value = value
    }
}

/// Reads HTML as it is found, however broken, by libxml2's parser, without building a tree: memory does not grow with the
/// page, and nothing it says is fetched.
public enum HTMLReader {
    /// How a reading ended.
    public enum End: Sendable, Hashable {
        /// At the end of the page.
        case complete
        /// Where elements were nested deeper than browsers go (512), or there were more than ``mostElements``. libxml2 looks
        /// for an end tag's element through all that are open: without a bound a page could take it minutes.
        case tooComplex
    }

    /// Browsers (Blink) cap the depth of a page so.
    public static let deepest = 512
    /// Of a page of 4 MiB one in thirteen bytes begins one then.
    public static let mostElements = 300_000

    /// Reads a page.
    /// - Parameter page: UTF-8, see ``CharacterEncoding``.
    @discardableResult
    public static func read(_ page: [UInt8], _ visitor: some HTMLVisitor) -> End {
        _ = initialized
        guard !page.isEmpty, let size = Int32(exactly: page.count) else {
            return page.isEmpty ? .complete : .tooComplex
        }
        let reading = Reading(visitor)
        return page.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { chars in
                guard let context = htmlCreateMemoryParserCtxt(chars.baseAddress, size) else { return .tooComplex }
                defer { htmlFreeParserCtxt(context) }
                reading.run(context)
                return reading.end
            }
        }
    }

    /// libxml2 wants its tables made before several threads use it.
    private static let initialized: Void = xmlInitParser()
}

/// One reading under way. libxml2 calls back on the thread that runs it, so there is nothing to lock.
private final class Reading {
    let visitor: any HTMLVisitor
    var context: htmlParserCtxtPtr?
    var end = HTMLReader.End.complete
    var depth = 0
    var elements = 0

    init(_ visitor: any HTMLVisitor) { self.visitor = visitor }

    func run(_ context: htmlParserCtxtPtr) {
        self.context = context
        let options =
            HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
            | HTML_PARSE_NONET.rawValue | HTML_PARSE_IGNORE_ENC.rawValue
        htmlCtxtUseOptions(context, Int32(bitPattern: options))
        // Said from outside, or libxml2 takes what is not ASCII for Latin-1.
        if let handler = xmlFindCharEncodingHandler("UTF-8") { xmlSwitchToEncoding(context, handler) }
        context.pointee.sax.pointee = Self.handler()
        context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
        htmlParseDocument(context)
        self.context = nil
    }

    func begin(_ name: String, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?) {
        depth += 1
        elements += 1
        guard depth <= HTMLReader.deepest, elements <= HTMLReader.mostElements else {
            end = .tooComplex
            if let context { xmlStopParser(context) }
            return
        }
        var list: [HTMLAttribute] = []
        var next = attributes
        while let pair = next, let name = pair[0] {
            list.append(HTMLAttribute(String(cString: name), pair[1].map { String(cString: $0) }))
            next = pair + 2
        }
        visitor.begin(name, list, at: context.map { Int(xmlByteConsumed($0)) } ?? 0)
    }

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> Reading? {
        pointer.map { Unmanaged<Reading>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func text(_ pointer: UnsafeMutableRawPointer?, _ text: UnsafePointer<xmlChar>?, _ count: Int32) {
        guard let reading = of(pointer), let text, reading.end == .complete else { return }
        reading.visitor.text(UnsafeBufferPointer(start: text, count: Int(count)))
    }

    /// Comments and processing instructions have no function here: nobody hears of them.
    private static func handler() -> htmlSAXHandler {
        var handler = htmlSAXHandler()
        handler.startElement = { pointer, name, attributes in
            guard let reading = Reading.of(pointer), let name, reading.end == .complete else { return }
            reading.begin(String(cString: name), attributes)
        }
        handler.endElement = { pointer, name in
            guard let reading = Reading.of(pointer), let name else { return }
            reading.depth -= 1
            if reading.end == .complete { reading.visitor.end(String(cString: name)) }
        }
        handler.characters = { Reading.text($0, $1, $2) }
        handler.ignorableWhitespace = { Reading.text($0, $1, $2) }
        handler.cdataBlock = { Reading.text($0, $1, $2) }
        return handler
    }
}
