using Microsoft.Testing.Platform.Extensions.Messages;

namespace BridgeNet.Pester.Tests;

/// <summary>What the test platform shows of a result.</summary>
internal static class TestNodes
{
    public static TestNode Finished(PesterFile file, PesterResult result)
    {
        TestNode node = Named(file, result);
        node.Properties.Add(State(result));
        DateTimeOffset end = DateTimeOffset.UtcNow;
        TimeSpan duration = TimeSpan.FromMilliseconds(result.Milliseconds);
        node.Properties.Add(new TimingProperty(new TimingInfo(end - duration, end, duration)));
        return node;
    }

    public static TestNode Discovered(PesterFile file, PesterResult result)
    {
        TestNode node = Named(file, result);
        node.Properties.Add(DiscoveredTestNodeStateProperty.CachedInstance);
        return node;
    }

    private static TestNode Named(PesterFile file, PesterResult result)
    {
        // The file and a block may fail beside their tests, and more than once.
        string kind = result.Kind == "test" ? "" : $"{result.Kind}:";
        LinePosition line = new(result.Line, 0);
        return new()
        {
            Uid = $"{file.Label}/{kind}{result.Id}",
            DisplayName = result.Name.Length == 0 ? file.Label : $"{file.Label}: {result.Name}",
            Properties = new(new TestFileLocationProperty(result.File, new(line, line))),
        };
    }

    private static TestNodeStateProperty State(PesterResult result)
    {
        string message = $"{result.Message}\nat {result.File}:{result.Line}";
        return result.Outcome switch
        {
            "Passed" => PassedTestNodeStateProperty.CachedInstance,
            "Skipped" or "Inconclusive" => new SkippedTestNodeStateProperty(result.Message ?? "skipped in the file"),
            "Failed" when result.Kind == "test" => new FailedTestNodeStateProperty(new PesterException(message, result.Stack), message),
            "Failed" => new ErrorTestNodeStateProperty(new PesterException(message, result.Stack), message),
            _ => new ErrorTestNodeStateProperty($"Pester did not run it ({result.Outcome})\nat {result.File}:{result.Line}"),
        };
    }
}
