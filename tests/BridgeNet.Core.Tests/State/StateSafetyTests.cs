using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Core.Tests.State;

/// <summary>A state that somebody else could change or replace is not trusted, and not touched.</summary>
public sealed class StateSafetyTests : IDisposable
{
    private static readonly bool s_isRoot = UserMap.Users.IsInitial && Environment.IsPrivilegedProcess;

    private readonly string _directory = Directory.CreateTempSubdirectory("bridgenet-").FullName;

    /// <summary>The files of a state, and what else SQLite would read beside it.</summary>
    public static readonly TheoryData<string> Files = ["state.db", "state.db-wal", "state.db-shm", "state.db-journal"];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void It_is_made_for_its_owner_alone_with_all_above_it()
    {
        string state = Path.Combine(_directory, "new", "state");
        SqliteStateStore.Open(state).Dispose();
        Assert.All(
            (string[])[state, Path.GetDirectoryName(state)!],
            static made =>
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(made))
        );
        Assert.All(
            Directory.GetFiles(state),
            static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_symbolic_link_is_not_followed(bool directory)
    {
        string aim = Path.Combine(_directory, "aim"),
            state = Path.Combine(_directory, "state");
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

    [Theory]
    [InlineData("chmod 1777", "every user")]
    [InlineData("chmod 707", "every user")]
    [InlineData("chgrp 65534", null)]
    [InlineData("chmod 770", null)]
    [InlineData("chgrp 65534; chmod 770", "group 65534")]
    [InlineData("chgrp 65534; chmod 3770", "group 65534")]
    [InlineData("chown 65534", "belongs to user 65534")]
    public void A_user_who_could_write_the_directory_is_named(string before, string? words)
    {
        string state = MakeState();
        Prepare(before, state);
        if (words is null)
            SqliteStateStore.Open(state).Dispose();
        else
            AssertRefused(state, words);
    }

    [Theory]
    [InlineData("chmod 777", "every user")]
    [InlineData("chmod 1777", null)]
    [InlineData("chmod 775", null)]
    [InlineData("chgrp 65534; chmod 775", "group 65534")]
    [InlineData("chgrp 65534; chmod 1775", null)]
    [InlineData("chown 65534; chmod 755", "belongs to user 65534")]
    [InlineData("chown 65534; chmod 1777", "belongs to user 65534")]
    public void A_user_who_could_rename_a_parent_directory_is_named(string before, string? words)
    {
        string state = MakeState(),
            parent = Path.GetDirectoryName(state)!,
            above = Path.GetDirectoryName(parent)!;
        foreach (string one in (string[])[parent, above])
        {
            Prepare(before, one);
            if (words is null)
                SqliteStateStore.Open(state).Dispose();
            else
                Assert.Contains(
                    $"{one} {words}",
                    AssertRefused(state, words).Replace("can be written by ", "", StringComparison.Ordinal),
                    StringComparison.Ordinal
                );
            Prepare("chown 0; chgrp 0; chmod 755", one);
        }
        SqliteStateStore.Open(state).Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_symbolic_link_on_the_path_is_followed_if_no_other_user_can_change_it(bool strangers)
    {
        string state = MakeState(),
            link = Path.Combine(_directory, "link");
        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(state)!);
        if (strangers)
            Prepare("chown -h 65534", link);
        string by = Path.Combine(link, Path.GetFileName(state));
        if (strangers)
            Assert.Contains(link + " belongs to user 65534", AssertRefused(by, "belongs to"), StringComparison.Ordinal);
        else
            SqliteStateStore.Open(by).Dispose();
    }

    [Fact]
    public void The_target_path_of_a_symbolic_link_is_checked_too()
    {
        string state = MakeState(),
            open = Path.GetDirectoryName(state)!,
            link = Path.Combine(_directory, "link");
        Directory.CreateSymbolicLink(link, state);
        Directory.CreateDirectory(Path.Combine(state, "inner"));
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        Assert.Contains(open + " can be written", AssertRefused(Path.Combine(link, "inner"), "every user"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_user_who_could_write_a_file_is_named(string name)
    {
        string state = MakeState(),
            file = Path.Combine(state, name);
        foreach (
            (string before, string? words) in ((string, string?)[])
                [
                    ("chmod 644", null),
                    ("chmod 660", null),
                    ("chmod 646", "every user"),
                    ("chgrp 65534; chmod 660", "group 65534"),
                    ("chown 65534", "user 65534"),
                ]
        )
        {
            if (!File.Exists(file))
                File.WriteAllText(file, "");
            if (words is not null)
                Prepare(before, file);
            else
                Run(before, file);
            if (words is null)
                SqliteStateStore.Open(state).Dispose();
            else
                Assert.Contains(file, AssertRefused(state, words), StringComparison.Ordinal);
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_with_a_second_name_or_of_another_kind_is_refused(string name)
    {
        string state = MakeState(),
            file = Path.Combine(state, name);
        File.Delete(file);
        File.WriteAllText(Path.Combine(_directory, "other"), "");
        Run("ln", Path.Combine(_directory, "other"), file);
        AssertRefused(state, "hard links");
        File.Delete(file);
        Run("mkfifo", file);
        AssertRefused(state, "not a regular file");
        File.Delete(file);
        File.CreateSymbolicLink(file, Path.Combine(_directory, "other"));
        AssertRefused(state, "symbolic link");
    }

    [Fact]
    public void An_access_list_that_lets_others_write_is_read()
    {
        string state = MakeState();
        // Version 2; the owner, user 65534, the group, the mask and everybody: tag, permissions, whom.
        const string Reads = "0200000001000700ffffffff02000500feff000004000700ffffffff10000700ffffffff20000000ffffffff";
        string writes = Reads.Replace("02000500feff0000", "02000700feff0000", StringComparison.Ordinal);
        SetAccessList(state, Reads);
        SqliteStateStore.Open(state).Dispose();
        SetAccessList(state, writes);
        AssertRefused(state, "can be written by user 65534");
    }

    private static void SetAccessList(string path, string list)
    {
        Assert.SkipUnless(s_isRoot, "needs root of the machine, to name another user");
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "no program here that sets an access list (python3)");
        int code = ProcessOutput
            .Of(
                "/usr/bin/python3",
                "-c",
                "import os, sys; os.setxattr(sys.argv[1], 'system.posix_acl_access', bytes.fromhex(sys.argv[2]))",
                path,
                list
            )
            .Code;
        Assert.SkipWhen(code != 0, "the file system has no access lists");
    }

    /// <summary>A state that was used, two directories below the test's own.</summary>
    private string MakeState()
    {
        string state = Path.Combine(_directory, "above", "parent", "state");
        SqliteStateStore.Open(state).Dispose();
        foreach (string above in (string[])["above", "above/parent"])
            File.SetUnixFileMode(Path.Combine(_directory, above), (UnixFileMode)0b111_101_101);
        return state;
    }

    private static void Prepare(string commands, string path)
    {
        Assert.SkipUnless(s_isRoot, "needs root of the machine, to give files to others");
        foreach (string command in commands.Split("; "))
            Run([.. command.Split(' '), path]);
    }

    private static void Run(params string[] command)
    {
        string[] words = [.. command[0].Split(' '), .. command[1..]];
        Assert.Equal(0, ProcessOutput.Of(words).Code);
    }

    private static string AssertRefused(string state, string words)
    {
        BridgeNetException refused = Assert.Throws<BridgeNetException>(() => SqliteStateStore.Open(state));
        Problem problem = Assert.Single(refused.Problems);
        Assert.Equal((ErrorIds.StateUnusable, ProblemCategory.SecurityError), (problem.ErrorId, problem.Category));
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
        return problem.Message;
    }
}
