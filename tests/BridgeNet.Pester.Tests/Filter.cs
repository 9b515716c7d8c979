using Microsoft.Testing.Platform.Extensions.Messages;
using Microsoft.Testing.Platform.Requests;

namespace BridgeNet.Pester.Tests;

/// <summary>The tests that --filter-uid names, or all. A file runs as a whole if one of its tests is wanted.</summary>
internal sealed class Filter
{
    private readonly HashSet<string>? _wanted;

    private Filter(HashSet<string>? wanted) => _wanted = wanted;

    public static Filter Of(IRequest request) =>
        new(
            request is TestExecutionRequest { Filter: TestNodeUidListFilter { TestNodeUids: var uids } }
                ? [.. uids.Select(static uid => uid.Value)]
                : null
        );

    public bool Touches(PesterFile file) => _wanted?.Any(uid => uid.StartsWith($"{file.Label}/", StringComparison.Ordinal)) != false;

    public bool Includes(TestNodeUid uid) => _wanted?.Contains(uid.Value) != false;
}
