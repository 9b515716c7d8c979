using Microsoft.Testing.Platform.CommandLine;
using Microsoft.Testing.Platform.Extensions.Messages;
using Microsoft.Testing.Platform.Extensions.TestFramework;
using Microsoft.Testing.Platform.Requests;

namespace BridgeNet.Pester.Tests;

/// <summary>Pester for the test platform: each It is a test of it.</summary>
internal sealed class PesterFramework(ICommandLineOptions options) : ITestFramework, IDataProducer
{
    public string Uid => nameof(PesterFramework);

    public string Version => "1";

    public string DisplayName => "Pester";

    public string Description => "Runs Pester files, each in a pwsh in namespaces of its own.";

    public Type[] DataTypesProduced => [typeof(TestNodeUpdateMessage)];

    public Task<bool> IsEnabledAsync() => Task.FromResult(true);

    public Task<CreateTestSessionResult> CreateTestSessionAsync(CreateTestSessionContext context) =>
        Task.FromResult(new CreateTestSessionResult { IsSuccess = true });

    public Task<CloseTestSessionResult> CloseTestSessionAsync(CloseTestSessionContext context) =>
        Task.FromResult(new CloseTestSessionResult { IsSuccess = true });

    public async Task ExecuteRequestAsync(ExecuteRequestContext context)
    {
        PesterSettings settings = PesterSettings.Read(options);
        Task Publish(TestNode node) =>
            context.MessageBus.PublishAsync(this, new TestNodeUpdateMessage(context.Request.Session.SessionUid, node));
        if (context.Request is DiscoverTestExecutionRequest)
            await ListAsync(settings, Publish, context.CancellationToken);
        else
            await RunAsync(settings, Filter.Of(context.Request), Publish, context.CancellationToken);
        context.Complete();
    }

    private static async Task RunAsync(PesterSettings settings, Filter filter, Func<TestNode, Task> publish, CancellationToken stop)
    {
        PesterFile[] files = [.. settings.Runs().Where(filter.Touches)];
        string? refused = Unshare.Refusal;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Min(2, Environment.ProcessorCount), CancellationToken = stop };
        await Parallel.ForEachAsync(
            files,
            parallel,
            async (file, _) =>
            {
                async Task Report(PesterResult result)
                {
                    TestNode node = TestNodes.Finished(file, result);
                    if (result.Kind != "test" || filter.Includes(node.Uid))
                        await publish(node);
                }
                if (refused is null && file.NeedsPackage && await Package.BuiltAsync() is { } broken)
                    await Report(PesterResult.OfFile(file, broken));
                else if (refused is not null)
                    await Report(PesterResult.OfFile(file, refused) with { Outcome = "Skipped" });
                else
                    await PesterProcess.RunAsync(file, settings.FileTimeout, Report, stop);
            }
        );
    }

    private static async Task ListAsync(PesterSettings settings, Func<TestNode, Task> publish, CancellationToken stop)
    {
        PesterFile[] runs = [.. settings.Runs()];
        if (runs.Length == 0)
            return;
        ILookup<string, PesterFile> byPath = runs.ToLookup(static run => run.Path);
        string? failure = await PesterProcess.ListAsync(
            [.. runs.DistinctBy(static run => run.Path)],
            settings.FileTimeout,
            async result =>
            {
                foreach (PesterFile run in byPath[result.File])
                    await publish(TestNodes.Discovered(run, result));
            },
            stop
        );
        if (failure is not null)
            throw new InvalidOperationException($"The tests could not be listed: pwsh {failure}");
    }
}
