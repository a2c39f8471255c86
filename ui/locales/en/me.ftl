me-title = Me
me-screen = This app
me-language = Language
language-device = Like the device
language-en = English
language-ru = Русский
me-auto-lock = Locks by itself
    .hint = When nobody touches the app for this long.
auto-lock-minutes =
    { $minutes ->
        [one] after { $minutes } minute
       *[other] after { $minutes } minutes
    }
auto-lock-never = never
me-lock = Lock now
me-coalition = Coalition
me-joined = You send to { $coalition }.
me-not-joined = You have not joined a coalition yet. You can write without one; you need one to send.
me-numbers = Its numbers
me-server = Its server

join-open = Join a coalition
join-title = Join a coalition
join-hint = Somebody at the coalition gives you an invite: a file, or one long line of text.
join-paste = Paste the invite
join-file = Choose the invite file
join-check = See who it is from
join-who = The invite says it comes from
join-compare = Call somebody you know there. Read these numbers to each other, one group after another.
join-same = If every group is the same, join. If one is different, do not: somebody may have changed the invite on the way.
join-button = The numbers are the same. Join
join-other = It is another invite

invite-title = Your invite
invite-text = Give it only to people who may write to you. With it they can send you reports; nobody can read reports with it.
invite-name = Invite text
invite-numbers = Your numbers
invite-voice = When somebody joins, read these numbers to each other on the phone. They must be the same.

protects-title = What this protects, and what not
protects-short = Read this once. It is written plainly.
protects-yes = It protects
protects-yes-1 = What you write and add is locked the moment it is kept. Without your passphrase, somebody who takes this device cannot read it.
protects-yes-2 = What you send can be opened only by your coalition. The server in between sees sealed packets of rough sizes, and the day.
protects-yes-3 = “Held” and “Read” mean that somebody signed for it. The app never says it without the signature.
protects-yes-4 = Panic destroys the keys first. After that nobody can open what was here, even with your passphrase.
protects-no = It does not protect
protects-no-1 = If you are made to open it, or if your passphrase is weak, they see everything inside.
protects-no-2 = If a hidden program is on this device while you write, it can see what you see.
protects-no-3 = The network shows that this device talks to the server. It does not show what you say.
protects-no-4 = Somebody who looks through the device with care finds out what this app is, whatever name it goes by.
protects-no-5 = A laboratory that reads old traces from the memory chip, and also knows your passphrase, may still find something after a panic.
protects-no-6 = Originals outside the vault, such as pictures in the gallery, stay where they are. So do copies you save out.
protects-no-7 = What your coalition has read is in their hands. Choose it with care.

panic-text = The small circle in the top corner is on every screen, except while the page is hidden. Press and hold it for a little over one second, until its ring is full. Nobody asks you again.
panic-keys = Hold them, or press them twice within a second.
panic-what = The keys of this vault are destroyed at once, then the rest is deleted. What the coalition already holds stays with them. What was not delivered is lost.
panic-what-desk = The keys of this vault are destroyed at once, then the rest is deleted. The reports you received here can then be opened only where somebody else has them. Answers still waiting are lost.
