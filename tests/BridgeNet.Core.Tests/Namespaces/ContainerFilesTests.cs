using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Core.Tests.Namespaces;

public sealed class ContainerFilesTests : IDisposable
{
    private static readonly bool s_isRoot = UserMap.Users.IsInitial && Environment.IsPrivilegedProcess;

    private const UnixFileMode DirectoryMode = (UnixFileMode)0b111_101_101,
        FileMode = (UnixFileMode)0b110_100_100;

    private readonly string _root = Directory.CreateTempSubdirectory("bridgenet-names-").FullName;
    private readonly ContainerFiles _files;

    public ContainerFilesTests() => _files = new ContainerFiles(At("netns/c1"));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Both_files_are_created_readable_for_everyone()
    {
        Assert.Empty(_files.Write(Ours("h"), Ours("r")));
        Assert.Equal((Ours("h"), Ours("r")), (Read("hosts"), Read("resolv.conf")));
        Assert.Equal(DirectoryMode, File.GetUnixFileMode(_files.Location));
        Assert.Equal(FileMode, File.GetUnixFileMode(At("netns/c1/hosts")));
        Assert.Equal(FileMode, File.GetUnixFileMode(At("netns/c1/resolv.conf")));
    }

    [Theory]
    [InlineData("long", "s")]
    [InlineData("s", "longer than before")]
    [InlineData("same", "same")]
    public void An_update_is_visible_to_a_process_with_the_file_open(string before, string after)
    {
        _files.Write(Ours(before), Ours(before));
        using FileStream open = File.OpenRead(At("netns/c1/hosts"));
        _files.Write(Ours(after), Ours(before));
        Assert.Equal(Ours(after), new StreamReader(open).ReadToEnd());
    }

    [Fact]
    public void An_unchanged_file_is_not_written_again()
    {
        _files.Write(Ours("h"), Ours("r"));
        File.SetLastWriteTimeUtc(At("netns/c1/hosts"), DateTime.UnixEpoch);
        _files.Write(Ours("h"), Ours("other"));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(At("netns/c1/hosts")));
    }

    /// <summary>
    /// The kernel does not keep a reader out of a write; but what stays the same is whole at any moment, and nothing is there that nobody
    /// wrote but zeros where the file is cut.
    /// </summary>
    [Fact]
    public void A_reader_never_finds_the_file_empty_or_the_common_part_touched()
    {
        string small = Ours("172.18.0.2 c1"),
            large = Ours("172.18.0.2 c1\n" + string.Concat(Enumerable.Range(3, 40).Select(i => $"172.18.0.{i} c{i}\n")));
        string padded = small.PadRight(large.Length, '\n');
        _files.Write(large, "");
        int stop = 0;
        string? wrong = null;
        var reader = new Thread(() =>
        {
            using FileStream open = new(At("netns/c1/hosts"), System.IO.FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            byte[] page = new byte[4096];
            while (Volatile.Read(ref stop) == 0 && wrong is null)
            {
                open.Position = 0;
                string seen = Encoding.ASCII.GetString(page, 0, open.Read(page));
                if (
                    !seen.StartsWith(small)
                    || seen.Where((letter, at) => letter != padded[at] && letter != large[at] && (letter, padded[at]) != ('\0', '\n')).Any()
                )
                    wrong = seen;
            }
        });
        reader.Start();
        for (int i = 0; i < 2000; i++)
            _files.Write(i % 2 == 0 ? small : large, "");
        Volatile.Write(ref stop, 1);
        reader.Join();
        Assert.Null(wrong);
    }

    [Theory]
    [InlineData("10.0.0.1 mine\n")]
    [InlineData("")]
    [InlineData("# Written by somebody\n")]
    [InlineData("# Written by Bridge")]
    [InlineData("\n# Written by BridgeNet\n")]
    public void An_admins_file_stays_and_is_named(string text)
    {
        Directory.CreateDirectory(_files.Location);
        File.WriteAllText(At("netns/c1/hosts"), text);
        FileLeftAlone left = Assert.Single(_files.Write(Ours("h"), Ours("r")));
        Assert.Equal((At("netns/c1/hosts"), "does not begin with '# Written by BridgeNet'"), (left.Path, left.Reason));
        Assert.Equal((text, Ours("r")), (Read("hosts"), Read("resolv.conf")));
        _files.Remove();
        Assert.Equal([At("netns/c1/hosts")], Directory.GetFileSystemEntries(_files.Location));
        Assert.Equal(text, Read("hosts"));
    }

    [Fact]
    public void A_link_is_not_followed_even_to_a_file_of_ours()
    {
        Directory.CreateDirectory(_files.Location);
        File.WriteAllText(At("victim"), Ours("old"));
        File.CreateSymbolicLink(At("netns/c1/hosts"), At("victim"));
        File.CreateSymbolicLink(At("netns/c1/resolv.conf"), At("nowhere"));
        Assert.Equal(["is a symbolic link", "is a symbolic link"], _files.Write(Ours("h"), Ours("r")).Select(left => left.Reason));
        _files.Remove();
        Assert.Equal(Ours("old"), File.ReadAllText(At("victim")));
        Assert.False(File.Exists(At("nowhere")));
        Assert.Equal(2, Directory.GetFileSystemEntries(_files.Location).Length);
    }

    [Fact]
    public void A_file_that_has_another_name_too_is_not_written_through_it()
    {
        _files.Write(Ours("h"), Ours("r"));
        File.WriteAllText(At("victim"), Ours("old"));
        File.Delete(At("netns/c1/hosts"));
        Start("ln", At("victim"), At("netns/c1/hosts"));
        Assert.Equal("has 2 names (hard links)", Assert.Single(_files.Write(Ours("new"), Ours("r"))).Reason);
        _files.Remove();
        Assert.Equal((Ours("old"), true), (File.ReadAllText(At("victim")), File.Exists(At("netns/c1/hosts"))));
    }

    [Theory]
    [InlineData("chown 65534", "belongs to user 65534")]
    [InlineData("chmod 646", "can be written by every user")]
    public void A_file_that_another_user_can_write_stays_and_who_is_named(string before, string reason)
    {
        Assert.SkipUnless(s_isRoot, "needs root of the machine, to give files to others");
        _files.Write(Ours("h"), Ours("r"));
        Start([.. before.Split(' '), At("netns/c1/hosts")]);
        Assert.StartsWith(reason, Assert.Single(_files.Write(Ours("new"), Ours("r"))).Reason);
        Assert.Equal(Ours("h"), Read("hosts"));
    }

    [Theory]
    [InlineData("netns/c1", "chown 65534", "belongs to user 65534")]
    [InlineData("netns/c1", "chmod 777", "can be written by every user")]
    [InlineData("netns/c1", "chmod 1777", "can be written by every user")]
    [InlineData("netns", "chown 65534", "belongs to user 65534")]
    [InlineData("netns", "chmod 757", "can be written by every user")]
    [InlineData("", "chown 65534", "belongs to user 65534")]
    public void A_directory_that_another_user_can_change_is_refused_and_who_is_named(string directory, string before, string reason)
    {
        Assert.SkipUnless(s_isRoot, "needs root of the machine, to give files to others");
        _files.Write(Ours("h"), Ours("r"));
        Start([.. before.Split(' '), At(directory)]);
        foreach (
            Action work in (Action[])
                [
                    () => _files.Write(Ours("new"), Ours("new")),
                    () => _files.Differing(Ours("h"), Ours("r")),
                    _files.Remove,
                    () => _files.MoveTo(At("netns/c2")),
                ]
        )
        {
            Problem problem = Assert.Single(Assert.Throws<BridgeNetException>(work).Problems);
            Assert.Equal((ErrorIds.StateUnusable, ProblemCategory.SecurityError), (problem.ErrorId, problem.Category));
            Assert.Contains($"{At(directory).TrimEnd('/')} {reason}", problem.Message);
        }
        Assert.Equal(Ours("h"), Read("hosts"));
        Start("chown", "0", At(directory));
        Start("chmod", "755", At(directory));
        Assert.Null(_files.Differing(Ours("h"), Ours("r")));
    }

    /// <summary>Whatever the name of a directory leads to by then, work goes on in the one that was looked at.</summary>
    [Fact]
    public void A_directory_that_is_swapped_for_a_link_leads_nowhere()
    {
        Directory.CreateDirectory(At("elsewhere"));
        File.WriteAllText(At("elsewhere/hosts"), Ours("old"));
        Directory.CreateDirectory(At("netns"));
        Directory.CreateSymbolicLink(At("netns/link"), At("elsewhere"));
        int stop = 0,
            swapped = 0;
        Thread swapper = new(() =>
        {
            while (Volatile.Read(ref stop) == 0)
            {
                foreach (string name in (string[])["c1", "c2"])
                {
                    Quietly(() => Directory.Move(At($"netns/{name}"), At("netns/away")));
                    Quietly(() => Directory.CreateSymbolicLink(At($"netns/{name}"), At("elsewhere")));
                    swapped++;
                    Quietly(() => File.Delete(At($"netns/{name}")));
                    Quietly(() => Directory.Move(At("netns/away"), At($"netns/{name}")));
                }
            }
        });
        swapper.Start();
        for (int i = 0; i < 1000 || Volatile.Read(ref swapped) < 1000; i++)
        {
            Quietly(() => _files.Write(Ours($"{i}"), Ours("r")));
            Quietly(() => _files.MoveTo(At("netns/c2")));
            Quietly(() => new ContainerFiles(At("netns/c2")).MoveTo(At("netns/c1")));
            if (i % 4 == 0)
                Quietly(_files.Remove);
        }
        Volatile.Write(ref stop, 1);
        swapper.Join();
        Assert.Equal([At("elsewhere/hosts")], Directory.GetFileSystemEntries(At("elsewhere")));
        Assert.Equal(Ours("old"), File.ReadAllText(At("elsewhere/hosts")));
    }

    [Fact]
    public void A_directory_that_is_a_link_is_refused()
    {
        Directory.CreateDirectory(At("netns"));
        Directory.CreateDirectory(At("elsewhere"));
        File.WriteAllText(At("elsewhere/hosts"), Ours("old"));
        Directory.CreateSymbolicLink(_files.Location, At("elsewhere"));
        foreach (Action work in (Action[])[() => _files.Write(Ours("h"), Ours("r")), _files.Remove, () => _files.MoveTo(At("netns/c2"))])
        {
            Problem problem = Assert.Single(Assert.Throws<BridgeNetException>(work).Problems);
            Assert.Equal((ErrorIds.NamespaceFailed, ProblemCategory.InvalidOperation), (problem.ErrorId, problem.Category));
            Assert.Contains(_files.Location, problem.Message);
        }
        Assert.Equal([At("elsewhere/hosts")], Directory.GetFileSystemEntries(At("elsewhere")));
        Assert.Equal(Ours("old"), File.ReadAllText(At("elsewhere/hosts")));
    }

    [Fact]
    public void A_directory_a_socket_or_a_pipe_of_that_name_stays()
    {
        Directory.CreateDirectory(At("netns/c1/hosts"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(At("netns/c1/resolv.conf")));
        Assert.All(_files.Write(Ours("h"), Ours("r")), left => Assert.Equal("is not a regular file", left.Reason));
        File.Delete(At("netns/c1/resolv.conf"));
        using (Process made = Process.Start("mkfifo", At("netns/c1/resolv.conf")))
            made.WaitForExit();
        Assert.Equal(2, _files.Write(Ours("h"), Ours("r")).Count);
        _files.Remove();
        Assert.Equal(2, Directory.GetFileSystemEntries(_files.Location).Length);
    }

    [Fact]
    public void Unfinished_work_of_a_killed_process_is_finished()
    {
        Directory.CreateDirectory(_files.Location);
        using (
            new FileStream(
                At("netns/c1/hosts"),
                new FileStreamOptions
                {
                    Mode = System.IO.FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.None,
                }
            )
        ) { }
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root opens a file without permissions");
        Assert.Empty(_files.Write(Ours("h"), Ours("r")));
        Assert.Equal((Ours("h"), FileMode), (Read("hosts"), File.GetUnixFileMode(At("netns/c1/hosts"))));
    }

    [Fact]
    public void Removing_takes_the_directory_too_and_may_come_twice()
    {
        _files.Write(Ours("h"), Ours("r"));
        _files.Remove();
        _files.Remove();
        Assert.Empty(Directory.GetFileSystemEntries(At("netns")));
    }

    [Fact]
    public void A_move_keeps_the_files_and_what_an_admin_put_beside_them()
    {
        _files.Write(Ours("h"), Ours("r"));
        File.WriteAllText(At("netns/c1/nsswitch.conf"), "hosts: files\n");
        using FileStream open = File.OpenRead(At("netns/c1/hosts"));
        IContainerFiles moved = _files.MoveTo(At("netns/c2"));
        Assert.False(Directory.Exists(_files.Location));
        Assert.Equal("hosts: files\n", File.ReadAllText(At("netns/c2/nsswitch.conf")));
        Assert.Empty(moved.Write(Ours("renamed"), Ours("r")));
        Assert.Equal(Ours("renamed"), new StreamReader(open).ReadToEnd());
    }

    [Fact]
    public void Into_a_directory_that_is_there_only_our_files_move_and_none_is_overwritten()
    {
        _files.Write(Ours("h"), Ours("r"));
        File.WriteAllText(At("netns/c1/nsswitch.conf"), "c1's\n");
        Directory.CreateDirectory(At("netns/c2"));
        File.WriteAllText(At("netns/c2/resolv.conf"), "nameserver 192.0.2.1\n");
        using FileStream open = File.OpenRead(At("netns/c1/hosts"));
        IContainerFiles moved = _files.MoveTo(At("netns/c2"));
        Assert.Equal([At("netns/c1/nsswitch.conf")], Directory.GetFileSystemEntries(At("netns/c1")));
        Assert.Equal("nameserver 192.0.2.1\n", File.ReadAllText(At("netns/c2/resolv.conf")));
        moved.Write(Ours("renamed"), Ours("r"));
        Assert.Equal(Ours("renamed"), new StreamReader(open).ReadToEnd());
    }

    [Fact]
    public void A_move_of_nothing_is_fine_and_one_onto_a_link_is_refused()
    {
        Assert.Equal(At("netns/c2"), _files.MoveTo(At("netns/c2")).Location);
        _files.Write(Ours("h"), Ours("r"));
        Directory.CreateDirectory(At("elsewhere"));
        Directory.CreateSymbolicLink(At("netns/c2"), At("elsewhere"));
        Directory.CreateSymbolicLink(At("netns/c3"), At("nowhere"));
        Assert.Throws<BridgeNetException>(() => _files.MoveTo(At("netns/c2")));
        Assert.Throws<BridgeNetException>(() => _files.MoveTo(At("netns/c3")));
        Assert.Equal(Ours("h"), Read("hosts"));
        Assert.Empty(Directory.GetFileSystemEntries(At("elsewhere")));
    }

    private static void Start(params string[] command)
    {
        using Process process = Process.Start(command[0], command[1..]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static void Quietly(Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or BridgeNetException)
        {
            // The other thread was there first.
        }
    }

    private static string Ours(string text) => $"{ContainerFiles.Marker}, for a test\n{text}\n";

    private string At(string path) => Path.Combine(_root, path);

    private string Read(string name) => File.ReadAllText(Path.Combine(_files.Location, name));
}
