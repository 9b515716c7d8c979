using System.Diagnostics;
using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>A journal entry that somebody else could have written is refused, in words, and nothing of it is done.</summary>
public sealed class JournalTrustTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    [Theory]
    [InlineData("chmod 600 FILE", null)]
    [InlineData("chown 65534 FILE", "it belongs to user 65534")]
    [InlineData("chmod 602 FILE", "it can be written by every user")]
    [InlineData("chgrp 65534 FILE; chmod 620 FILE", "it can be written by group 65534")]
    [InlineData("ln FILE OTHER", "it has 2 names")]
    [InlineData("mv FILE OTHER; ln -s OTHER FILE", "it is a symbolic link")]
    [InlineData("rm FILE; mkfifo FILE", "it is not a regular file")]
    [InlineData("chmod 770 STATE; chgrp 65534 STATE", "can be written by group 65534")]
    public void It_is_refused_and_not_carried_out(string before, string? why) =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, state) =>
            {
                Assert.SkipUnless(UserNamespace.IsRealRoot, "needs root of the machine, to give files to others");
                string other = Path.Combine(state, "other");
                foreach (string entry in (string[])[Path.Combine(state, "intent-0.json"), Path.Combine(state, "intent-0.json.new")])
                {
                    File.WriteAllText(entry, "");
                    foreach (string command in before.Split("; "))
                        Run(
                            command
                                .Replace("FILE", entry, StringComparison.Ordinal)
                                .Replace("OTHER", other, StringComparison.Ordinal)
                                .Replace("STATE", state, StringComparison.Ordinal)
                        );
                    if (why is null)
                    {
                        engine.CreateNetwork(new NetworkRequest("a"), new ChangeContext());
                        Assert.False(File.Exists(entry));
                        EngineSpace.Clean(engine);
                        continue;
                    }
                    Problem problem = Assert.Single(
                        Assert.Throws<BridgeNetException>(() => engine.CreateNetwork(new NetworkRequest("a"), new ChangeContext())).Problems
                    );
                    Assert.Equal((ErrorIds.StateUnusable, ProblemCategory.SecurityError), (problem.ErrorId, problem.Category));
                    Assert.Contains(why, problem.Message, StringComparison.Ordinal);
                    Assert.True(Path.Exists(entry) || new FileInfo(entry).LinkTarget is not null, "it stays, for somebody to look into");
                    Run($"chmod 700 {state}");
                    File.Delete(entry);
                    File.Delete(other);
                }
                engine.CreateNetwork(new NetworkRequest("a"), new ChangeContext());
            }
        );

    [Fact]
    public void Ours_is_for_its_owner_alone() =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, state) =>
            {
                List<UnixFileMode> modes = [];
                engine.CreateNetwork(
                    new NetworkRequest("a"),
                    new ChangeContext
                    {
                        BeforeStep = (_, _) => modes.AddRange(Directory.GetFiles(state, "intent-*").Select(File.GetUnixFileMode)),
                    }
                );
                Assert.NotEmpty(modes);
                Assert.All(modes, static mode => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode));
            }
        );

    private static void Run(string command)
    {
        string[] words = command.Split(' ');
        using Process process = Process.Start(words[0], words[1..]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
