import Testing

/// Everything here lives on one stack and in one business time, so it runs in order, one after the other.
@Suite(.serialized) struct EndToEndTests {}
