using BridgeNet.Model;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Core.Tests.State;

/// <summary>A state that somebody else could change or replace is not trusted, and not touched.</summary>
public sealed class StateSafetyTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("bridgenet-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void It_is_made_for_its_owner_alone()
    {
        string state = Path.Combine(_directory, "state");
        SqliteStateStore.Open(state).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(state));
        Assert.All(Directory.GetFiles(state), static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_symbolic_link_is_not_followed(bool directory)
    {
        string aim = Path.Combine(_directory, "aim"), state = Path.Combine(_directory, "state");
        if (directory)
        {
            Directory.CreateDirectory(aim);
            Directory.CreateSymbolicLink(state, aim);
        }
        else
        {
            Directory.CreateDirectory(state);
            File.WriteAllText(aim, "");
            File.CreateSymbolicLink(Path.Combine(state, "state.db"), aim);
        }
        AssertRefused(state, "symbolic link");
        Assert.True(directory ? Directory.GetFileSystemEntries(aim).Length == 0 : new FileInfo(aim).Length == 0);
    }

    [Fact]
    public void What_every_user_can_write_is_refused()
    {
        string state = Path.Combine(_directory, "state");
        Directory.CreateDirectory(state);
        File.SetUnixFileMode(state, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        AssertRefused(state, "every user");
    }

    private static void AssertRefused(string state, string words)
    {
        BridgeNetException refused = Assert.Throws<BridgeNetException>(() => SqliteStateStore.Open(state));
        Problem problem = Assert.Single(refused.Problems);
        Assert.Equal((ErrorIds.StateUnusable, ProblemCategory.SecurityError), (problem.ErrorId, problem.Category));
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }
}
