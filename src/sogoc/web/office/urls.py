"""Addresses of the office."""

from __future__ import annotations

from django.urls import path

from sogoc.web.office import (
    batches,
    blanks,
    book_pages,
    book_workbook,
    books,
    lists,
    register,
    revoking,
    rulings,
    sessions,
)

app_name = "office"

urlpatterns = [
    path("", batches.home, name="home"),
    path("sign-in", sessions.sign_in, name="sign-in"),
    path("sign-out", sessions.sign_out, name="sign-out"),
    path("lists/new", lists.upload, name="upload"),
    path("lists/<str:key>/change", lists.change, name="change"),
    path("lists/<str:key>/sheet", lists.choose_sheet, name="sheet"),
    path("lists/<str:key>/columns", lists.columns, name="columns"),
    path("lists/<str:key>/columns/forget", lists.forget_columns, name="forget-columns"),
    path("lists/<str:key>/findings", lists.show_findings, name="findings"),
    path("lists/<str:key>/workbook", lists.workbook, name="workbook"),
    path("lists/<str:key>/prepare", lists.prepare, name="prepare"),
    path("batches/<str:token>", batches.show, name="batch"),
    path("batches/<str:token>/rows", batches.rows, name="rows"),
    path("batches/<str:token>/acts/<str:name>", batches.act, name="act"),
    path("books/", books.index, name="books"),
    path("books/new", books.open_job, name="open-book"),
    path("books/<str:token>", books.show, name="book"),
    path("books/<str:token>/workbook", book_workbook.key_workbook, name="book-workbook"),
    path("books/<str:token>/pictures", books.attach, name="book-attach"),
    path("books/<str:token>/acts/<str:name>", books.act, name="book-act"),
    path("books/<str:token>/pages/<int:page>", book_pages.show, name="book-page"),
    path("books/<str:token>/pages/<int:page>/picture", books.picture, name="book-picture"),
    path("books/<str:token>/pages/<int:page>/key", book_pages.key, name="book-key"),
    path("books/<str:token>/pages/<int:page>/compare", book_pages.compare, name="book-compare"),
    path(
        "books/<str:token>/pages/<int:page>/differences",
        book_pages.differences,
        name="book-differences",
    ),
    path(
        "books/<str:token>/pages/<int:page>/differences/<int:line>/<slug:field>",
        book_pages.settle,
        name="book-settle",
    ),
    path("register/", register.index, name="register"),
    path("register/export", register.export, name="export"),
    path("register/revoke", revoking.revoke_list, name="revoke-list"),
    path("register/revocations", revoking.index, name="revocations"),
    path("register/revocations/<str:token>", revoking.show, name="revocation"),
    path("register/<str:code>/revoke", register.revoke, name="revoke"),
    path("blanks/", blanks.index, name="blanks"),
    path("blanks/receive", blanks.receive, name="receive-blanks"),
    path("blanks/end", blanks.end, name="end-blanks"),
    path("rulings/", rulings.index, name="rulings"),
    path("rulings/new", rulings.record, name="record-ruling"),
    path("rulings/confirm", rulings.confirm, name="confirm-ruling"),
    path("register/<str:code>", register.show, name="line"),
]
