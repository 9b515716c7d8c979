using BridgeNet.Native;
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
    public void A_relative_path_is_one_from_where_the_command_runs() =>
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "state"), With("state"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_it_each_network_namespace_has_its_own(string? value)
    {
        string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        string? own = new FileInfo("/proc/thread-self/ns/net").LinkTarget;
        string? first = FirstNamespace();
        // PID 1's is hidden from a user, who is in it without having made another one.
        if (own == first || (first is null && !Environment.IsPrivilegedProcess))
            Assert.Equal("/var/lib/bridgenet", With(value));
        else
            Assert.Matches($"/{boot}-[0-9]+$", With(value));
        Assert.Equal(With(value), With(value));
    }

    [Theory]
    [InlineData(0, "         0          0 4294967295\n", 0)]
    [InlineData(1000, "0 0 4294967295\n", 1000)]
    [InlineData(0, "         0       1000          1\n", 1000)]
    [InlineData(5, "0 1000 1\n1 100000 65536\n", 100004)]
    [InlineData(65534, "0 1000 1\n", 65534)]
    [InlineData(7, "", 7)]
    public void A_user_has_the_number_of_outside_the_user_namespace(uint inside, string map, uint outside) =>
        Assert.Equal(outside, new UserMap(map).Outside(inside));

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
