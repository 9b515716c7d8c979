using BridgeNet.State;
using Xunit;

namespace BridgeNet.Core.Tests.State;

/// <summary>Tests that set variables of the process: none runs while others do.</summary>
[CollectionDefinition(nameof(EnvironmentVariables), DisableParallelization = true)]
public sealed class EnvironmentVariables;

[Collection(nameof(EnvironmentVariables))]
public sealed class StateDirectoryTests
{
    private const string Variable = "BRIDGENET_STATE";

    [Theory]
    [InlineData("/srv/bridgenet", "/srv/bridgenet")]
    [InlineData("/srv/../srv/bridgenet/", "/srv/bridgenet/")]
    public void The_variable_names_the_directory(string value, string expected) => Assert.Equal(expected, With(value));

    [Fact]
    public void A_relative_path_is_one_from_where_the_command_runs() => Assert.Equal(Path.Combine(Environment.CurrentDirectory, "state"), With("state"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_it_each_network_namespace_has_its_own(string? value)
    {
        string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        string? own = new FileInfo("/proc/thread-self/ns/net").LinkTarget;
        if (own == FirstNamespace())
            Assert.Equal("/var/lib/bridgenet", With(value));
        else
            Assert.Matches($"/{boot}-[0-9]+$", With(value));
        Assert.Equal(With(value), With(value));
    }

    private static string? FirstNamespace()
    {
        try
        {
            return new FileInfo("/proc/1/ns/net").LinkTarget;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // hidden from who is not root
        }
    }

    private static string With(string? value)
    {
        string? before = Environment.GetEnvironmentVariable(Variable);
        try
        {
            Environment.SetEnvironmentVariable(Variable, value);
            return StateDirectory.Resolve();
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, before);
        }
    }
}
